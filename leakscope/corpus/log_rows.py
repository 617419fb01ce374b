"""What services of an invented company log besides chats: requests, queries, sign-ups, payments, errors."""

from __future__ import annotations

from collections.abc import Callable

import orjson

from leakscope.corpus.draw import Draw
from leakscope.corpus.log_row import Row
from leakscope.corpus.people import Person
from leakscope.corpus.secret_values import DECOYS, Secret

_PATHS = (
    "/api/v1/chat/completions", "/api/v1/sessions", "/api/v1/models", "/static/app.4f9c2e1b.js", "/api/v2/usage", "/login", "/healthz", "/api/v1/files",
    "/api/v1/embeddings", "/pricing", "/api/v1/feedback", "/assets/logo@2x.png", "/api/internal/flags", "/v1/threads", "/favicon.ico",
)  # fmt: skip
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{v}.0.6045.163 Mobile Safari/537.36",
    "python-requests/2.31.0", "okhttp/4.12.0", "NorthfieldApp/5.14.2 (build 20250103.1184)", "kube-probe/1.29",
)  # fmt: skip
_REVISIONS = tuple(Draw("revision", number).hex(40) for number in range(24))
_WEIGHTS = tuple(Draw("weights", number).hex(64) for number in range(24))
_TABLES = ("conversations", "messages", "usage_daily", "plans", "sessions", "feature_flags", "webhook_deliveries")
_MAILBOXES = ("support@northfield.app", "billing@northfield.app", "no-reply@northfield.app", "sales@heliox.net", "info@northfield.app", "abuse@northfield.app")


def _agent(draw: Draw) -> str:
    return draw.pick(_AGENTS).replace("{v}", str(draw.between(98, 133)))


def _internal_ip(draw: Draw) -> str:
    return f"10.{draw.pick((2, 7, 42))}.{draw.between(0, 255)}.{draw.between(2, 254)}"


def http_access(draw: Draw) -> Row:
    """A request at the edge."""
    row = Row("web-frontend", "HTTP " + (method := draw.pick(("GET", "GET", "GET", "POST", "PUT", "DELETE"))))
    path, status, took = draw.pick(_PATHS), draw.pick((200, 200, 200, 200, 201, 204, 301, 304, 400, 401, 404, 429, 502)), draw.between(1, 4800)
    request = draw.uuid()
    row.add("message", f'{_internal_ip(draw)} - "{method} {path} HTTP/1.1" {status} {draw.between(90, 90000)} {took}ms req={request}')
    row.add("http.method", method)
    row.add("http.target", path)
    row.add("http.user_agent", _agent(draw))
    row.add("http.request_id", request)
    row.add("deployment.version", f"2.{draw.between(10, 40)}.{draw.between(0, 9)}+{draw.pick(_REVISIONS)[:7]}")
    row.add("net.peer.ip", _internal_ip(draw))
    row.number("http.status_code", status)
    row.number("duration_ms", took)
    return row


def query(draw: Draw) -> Row:
    """A database query with a parameter or two."""
    row = Row("orders-db-proxy", "db.query", draw.pick(("debug", "debug", "info", "warn")))
    table, took = draw.pick(_TABLES), draw.between(1, 2400)
    where = draw.pick(("tenant_id = $1 AND created_at > $2", "id = $1", "plan_id IN ($1,$2,$3)", "status = 'queued' ORDER BY created_at LIMIT 50"))
    row.add("message", f"SELECT * FROM {table} WHERE {where} -- {took} ms, {draw.between(0, 900)} rows")
    row.add("db.system", "postgresql")
    row.add("db.statement_hash", draw.pick(_REVISIONS)[:32])
    row.add("db.pool", f"pool-{draw.between(1, 8)} in_use={draw.between(0, 50)} idle={draw.between(0, 20)} waiters={draw.between(0, 4)}")
    row.add("db.shard", f"shard-{draw.between(0, 63):03d}")
    row.number("db.rows", draw.between(0, 900))
    row.number("duration_ms", took)
    return row


def inference(draw: Draw) -> Row:
    """A model server's measurements: token counts and digests, no content."""
    row = Row("inference-router", "inference.step", draw.pick(("info", "info", "debug", "warn")))
    tokens = draw.between(20, 4000)
    row.add("message", f"completed batch={draw.digits(12)} node=gpu-{draw.between(1, 240)} model=north-chat-2 sha256:{draw.pick(_WEIGHTS)} tokens={tokens} kv_cache={draw.between(1, 99)}%")
    row.add("request.id", "chatcmpl-" + draw.text("abcdefghijklmnopqrstuvwxyz0123456789", 24))
    row.add("model.revision", draw.pick(_REVISIONS))
    row.add("scheduler.queue", f"q{draw.between(0, 31)}/prio-{draw.between(0, 3)}")
    row.add("span.parent", draw.hex(16))
    row.number("usage.total_tokens", tokens)
    row.number("gpu.memory_mb", draw.between(20_000, 79_000))
    row.number("epoch_ms", 1_736_100_000_000 + draw.below(1_900_000_000))
    return row


def worker(draw: Draw) -> Row:
    """A background job."""
    row = Row("worker", draw.pick(("job.run", "job.retry", "cron.tick")), draw.pick(("info", "info", "warn")))
    job = draw.pick(("RollupUsage", "ExpireSessions", "RebuildIndex", "SendDigest", "RotateLogs", "SyncInvoices"))
    row.add("message", f"{job} finished in {draw.between(10, 90000)} ms; processed {draw.between(0, 5000)} of {draw.between(5000, 9000)}; checkpoint {draw.digits(16)} offset {draw.digits(10)}")
    row.add("job.id", draw.uuid())
    row.add("job.name", job)
    row.add("job.args", orjson.dumps({"since": f"2025-01-{draw.between(1, 20):02d}T00:00:00Z", "shard": draw.between(0, 63), "cursor": draw.hex(12)}).decode())
    row.add("container.id", draw.hex(12))
    row.number("attempt", draw.between(1, 5))
    return row


def failure(draw: Draw) -> Row:
    """An exception whose trace holds environment variables without secrets."""
    row = Row(draw.pick(("chat-gateway", "billing-worker", "auth-api")), "exception", "error")
    name = draw.pick(("TimeoutError", "KeyError", "ECONNRESET", "NullPointerException", "IntegrityError"))
    line = draw.between(12, 900)
    row.add("message", f"{name}: {draw.pick(('upstream took too long', 'missing field plan', 'socket hang up', 'duplicate key value', 'cannot read property of undefined'))}")
    row.add("error.stack", f'Traceback (most recent call last):\n  File "/srv/app/handlers/{draw.pick(_TABLES)}.py", line {line}, in handle\n    return await self.next(request)\n  File "/usr/lib/python3.11/asyncio/tasks.py", line 456, in wait_for\n    return fut.result()\n{name}')
    row.add("error.env", f"NODE_ENV=production HOSTNAME={row.service}-{draw.hex(10)} PATH=/usr/local/bin:/usr/bin PORT={draw.between(3000, 9000)} GIT_SHA={draw.pick(_REVISIONS)} TZ=UTC")
    row.add("error.fingerprint", draw.hex(32))
    row.number("error.line", line)
    return row


#: Rows without personal data or secrets, as often as they stand here.
BACKGROUND: tuple[Callable[[Draw], Row], ...] = (http_access,) * 9 + (query,) * 3 + (inference,) * 4 + (worker,) * 3 + (failure,)


def signed_in(draw: Draw, row: Row, who: Person, number: int) -> None:
    """Put the account's id on a row, as most services do."""
    row.add("user.id", who.user_id)
    row.plant("user.id", "ONLINE_IDENTIFIER", who.user_id, person=number)


def login(draw: Draw, who: Person, number: int) -> Row:
    """A sign-in with address and e-mail."""
    row = Row("auth-api", "POST /login", draw.pick(("info", "info", "warn")))
    outcome = draw.pick(("succeeded", "succeeded", "failed: bad password", "needs second factor"))
    row.add("message", f"login {outcome} for {who.email} from {who.ip}")
    row.plant("message", "EMAIL_ADDRESS", who.email, person=number)
    row.plant("message", "IP_ADDRESS", who.ip, person=number)
    row.add("client.address", who.ip)
    row.plant("client.address", "IP_ADDRESS", who.ip, person=number)
    row.add("http.user_agent", _agent(draw))
    signed_in(draw, row, who, number)
    return row


def sign_up(draw: Draw, who: Person, number: int) -> Row:
    """A registration whose request body was logged as JSON."""
    row = Row("auth-api", "POST /signup")
    body = {"name": who.name, "email": who.email, "phone": who.phone, "locale": who.language, "country": who.country, "marketing": draw.chance(0.3), "ref": draw.hex(12)}
    row.add("message", orjson.dumps({"event": "signup", "body": body}).decode())
    for key, entity, value in (("name", "PERSON", who.name), ("email", "EMAIL_ADDRESS", who.email), ("phone", "PHONE_NUMBER", who.phone)):
        row.plant("message", entity, value, person=number, suffix=f"->$.body.{key}")
    row.add("http.user_agent", _agent(draw))
    signed_in(draw, row, who, number)
    return row


def payment(draw: Draw, who: Person, number: int) -> Row:
    """A payment with a card number or an IBAN in the debug output."""
    row = Row("billing-worker", "charge.create", "debug")
    amount = f"{draw.between(5, 400)}.{draw.digits(2)}"
    account, entity = (who.iban, "IBAN_CODE") if who.iban and draw.chance(0.6) else (who.card, "CREDIT_CARD")
    row.add("message", f"charge {amount} to {account} holder={who.name} order={draw.digits(14)}")
    row.plant("message", entity, account, person=number)
    row.plant("message", "PERSON", who.name, person=number)
    row.add("customer.email", who.email)
    row.plant("customer.email", "EMAIL_ADDRESS", who.email, person=number)
    row.add("idempotency.key", draw.uuid())
    signed_in(draw, row, who, number)
    row.number("amount", float(amount))
    return row


def shipping(draw: Draw, who: Person, number: int) -> Row:
    """A delivery address in a webhook."""
    row = Row("notifications", "webhook.deliver")
    row.add("message", f"shipping label created: {who.name}, {who.address}, tel {who.phone}; tracking 1Z{draw.text('0123456789ABCDEFGHJKLMNPQRSTUVWXYZ', 16)}")
    for entity, value in (("PERSON", who.name), ("POSTAL_ADDRESS", who.address), ("PHONE_NUMBER", who.phone)):
        row.plant("message", entity, value, person=number)
    row.add("webhook.id", draw.uuid())
    row.add("webhook.target", f"https://hooks.{draw.pick(('parcelo', 'shipfast', 'boxline'))}.example-logistics.net/v1/{draw.hex(8)}")
    return row


def identity_check(draw: Draw, who: Person, number: int) -> Row:
    """A know-your-customer request with national id and birth date."""
    row = Row("billing-worker", "kyc.verify", draw.pick(("info", "warn")))
    subject = {"full_name": who.name, "date_of_birth": who.born_text, "document_number": who.national_id or who.user_id, "country": who.country}
    row.add("message", orjson.dumps({"event": "kyc", "result": draw.pick(("clear", "review", "mismatch")), "subject": subject}).decode())
    row.plant("message", "PERSON", who.name, person=number, suffix="->$.subject.full_name")
    row.plant("message", "DATE_OF_BIRTH", who.born_text, person=number, suffix="->$.subject.date_of_birth")
    entity = (who.national_id_entity if who.national_id else None) or "ONLINE_IDENTIFIER"
    row.plant("message", entity, subject["document_number"], person=number, suffix="->$.subject.document_number")
    row.add("kyc.case", f"KYC-{draw.digits(9)}")
    signed_in(draw, row, who, number)
    return row


def bounce(draw: Draw, who: Person, number: int) -> Row:
    """A mail that came back; the sender is a shared mailbox."""
    row = Row("notifications", "mail.bounce", "warn")
    sender = draw.pick(_MAILBOXES)
    row.add("message", f"550 5.1.1 mailbox unavailable to=<{who.email}> from=<{sender}> id={draw.hex(20)}@mx2")
    row.plant("message", "EMAIL_ADDRESS", who.email, person=number)
    row.plant("message", "EMAIL_ADDRESS", sender, role="service")
    row.add("mail.template", draw.pick(("welcome_v3", "invoice", "password_reset", "digest")))
    row.add("mail.queue_id", draw.hex(10).upper())
    return row


#: Rows with a person's data.
PERSONAL: tuple[Callable[[Draw, Person, int], Row], ...] = (login, login, login, login, sign_up, payment, shipping, identity_check, bounce)


def _header(draw: Draw, secret: Secret, scheme: str) -> Row:
    row = http_access(draw)
    row.add("http.request.header.authorization", f"{scheme} {secret.value}")
    row.plant("http.request.header.authorization", secret.entity, secret.value, role="service", secret=secret.id)
    return row


_VARIABLES = {
    "openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "deepseek": "DEEPSEEK_API_KEY", "github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN",
    "stripe": "STRIPE_SECRET_KEY", "google": "GOOGLE_MAPS_KEY", "slack": "SLACK_BOT_TOKEN", "sendgrid": "SENDGRID_API_KEY", "huggingface": "HF_TOKEN",
    "npm": "NPM_TOKEN", "azure": "AZURE_STORAGE_CONNECTION_STRING", "twilio": "TWILIO_API_KEY_SID", "telegram": "TELEGRAM_BOT_TOKEN", "pypi": "TWINE_PASSWORD",
    "postgres": "DATABASE_URL", "mysql": "MYSQL_URL", "mongodb": "MONGO_URL", "redis": "REDIS_URL", "clickhouse": "CLICKHOUSE_URL",
}  # fmt: skip


def variable(secret: Secret) -> str:
    """Name of the environment variable that would hold the secret."""
    names = {"access_key_id": "AWS_ACCESS_KEY_ID", "secret_access_key": "AWS_SECRET_ACCESS_KEY", "password": "DB_PASSWORD", "jwt": "SERVICE_JWT", "basic_auth": "BASIC_AUTH", "private_key": "TLS_KEY", "webhook": "SLACK_WEBHOOK_URL"}
    return names.get(secret.kind) or _VARIABLES.get(secret.provider, "API_TOKEN")


def _environment(draw: Draw, secret: Secret) -> Row:
    row = failure(draw)
    place = row.names.index("error.env")
    row.values[place] = f"{row.values[place]} {variable(secret)}={secret.value} REGION=eu-central-1"
    row.plant("error.env", secret.entity, secret.value, role="service", secret=secret.id)
    return row


def _connection(draw: Draw, secret: Secret) -> Row:
    row = Row("orders-db-proxy", "db.connect", "error")
    row.add("message", f"could not connect to {secret.value}: {draw.pick(('timeout expired', 'too many clients already', 'password authentication failed'))}")
    row.plant("message", secret.entity, secret.value, role="service", secret=secret.id)
    row.add("db.attempt_id", draw.uuid())
    row.number("attempt", draw.between(1, 9))
    return row


def _configuration(draw: Draw, secret: Secret) -> Row:
    row = Row("chat-gateway", "config.load", "debug")
    row.add("message", orjson.dumps({"event": "config", "tls": {"cert": "/etc/tls/tls.crt", "key": secret.value}, "replicas": draw.between(2, 40)}).decode())
    row.plant("message", secret.entity, secret.value, role="service", secret=secret.id, suffix="->$.tls.key")
    row.add("config.digest", draw.hex(64))
    return row


def _netrc(draw: Draw, secret: Secret) -> Row:
    row = Row("worker", "git.fetch", "debug")
    row.add("message", f"using netrc: machine git.northfield.app login deploy password {secret.value}")
    row.plant("message", secret.entity, secret.value, role="service", secret=secret.id)
    row.add("job.id", draw.uuid())
    return row


def _posting(draw: Draw, secret: Secret) -> Row:
    row = Row("notifications", "webhook.deliver", "warn")
    row.add("message", f"posting to {secret.value} failed with {draw.pick((404, 410, 500))}")
    row.plant("message", secret.entity, secret.value, role="service", secret=secret.id)
    row.add("webhook.id", draw.uuid())
    return row


def leaked(draw: Draw, secret: Secret) -> Row:
    """A row that holds the secret where such a secret is really logged."""
    if secret.kind == "connection_string":
        return (_connection if secret.provider != "azure" and draw.chance(0.6) else _environment)(draw, secret)
    special = {"private_key": _configuration, "webhook": _posting, "secret_access_key": _environment, "access_key_id": _environment}
    if secret.kind in special:
        return special[secret.kind](draw, secret)
    if secret.kind == "password":
        return draw.pick((_netrc, _environment))(draw, secret)
    if secret.kind == "basic_auth":
        return _header(draw, secret, "Basic")
    return _header(draw, secret, "Bearer") if draw.chance(0.6) else _environment(draw, secret)


def decoy(draw: Draw) -> tuple[Row, str, str]:
    """A row with something that looks like a finding, that string, and why it is none."""
    value, reason = draw.pick(DECOYS)
    row = Row("docs-site", "docs.render", "debug")
    row.add("message", f"rendered snippet {draw.digits(3)}: {draw.pick(('api_key=', 'contact: ', 'sample value ', 'export TOKEN='))}{value} (page {draw.pick(('quickstart', 'billing', 'faq'))})")
    row.add("docs.build", draw.hex(40))
    return row, value, reason


