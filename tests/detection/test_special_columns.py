"""Columns about health, beliefs, origin and convictions are told by their names, in the languages of clinics, schools and employers."""

from __future__ import annotations

import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.detection.roles import role_candidate, roles, roles_of
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

KERNEL = Kernel(load(), IncidentKey(b"t" * 32))
#: Heads and a row of tables as clinics, schools and employers of a country write them; the types of the cells, `-` where it does not matter.
TABLES = {
    "en": (["Patient", "Diagnosis", "Blood Group", "Allergies", "Religion", "Ethnic Origin", "Trade Union", "Criminal Convictions", "Disability"], ["Ann Walker", "Type 2 diabetes", "O+", "Penicillin", "Methodist", "White British", "Unison", "Theft, 2019", "Dyslexia"]),
    "de": (["Patient", "Befund", "Blutgruppe", "Allergien", "Konfession", "Ethnische Herkunft", "Gewerkschaft", "Vorstrafen", "Behinderung"], ["Jörg Müller", "Fraktur links", "0 Rh+", "Pollen", "römisch-katholisch", "Sorbe", "ver.di", "Betrug 2019", "Gehörlos, GdB 80"]),
    "fr": (["Patient", "Antécédents médicaux", "Groupe sanguin", "Allergie", "Confession religieuse", "Origine ethnique", "Syndicat", "Casier judiciaire", "Handicap"], ["Camille Lefèvre", "Asthme", "A-", "Arachides", "catholique", "berbère", "CGT", "Vol 2018", "Surdité"]),
    "es": (["Paciente", "Enfermedad", "Grupo sanguíneo", "Alergias", "Creencia religiosa", "Grupo étnico", "Sindicato", "Antecedentes penales", "Discapacidad"], ["Lucía Fernández", "Hipertensión", "AB+", "Polen", "católica", "gitana", "CCOO", "Robo 2015", "Visual 33%"]),
    "pt": (["Paciente", "Diagnóstico", "Tipo sanguíneo", "Alergia", "Religião", "Raça/Cor", "Sindicalizado", "Antecedentes criminais", "Tipo de deficiência"], ["João da Silva", "Depressão", "O-", "Dipirona", "evangélica", "Parda", "sim", "furto", "auditiva"]),
    "it": (["Paziente", "Anamnesi", "Gruppo sanguigno", "Allergia", "Religione", "Origine etnica", "Sindacato", "Precedenti penali", "Disabilità"], ["Anna Rossi", "Asma bronchiale", "B+", "Latte", "cattolica", "rom", "CGIL", "Furto", "motoria"]),
    "nl": (["Patiënt", "Aandoening", "Bloedgroep", "Allergieën", "Geloof", "Etniciteit", "Vakbond", "Strafblad", "Beperking"], ["Jan Jansen", "Diabetes", "A+", "noten", "protestants", "Surinaams", "FNV", "diefstal", "slechthorend"]),
    "pl": (["Pacjent", "Rozpoznanie", "Grupa krwi", "Alergie", "Wyznanie", "Pochodzenie etniczne", "Związek zawodowy", "Karalność", "Niepełnosprawność"], ["Jan Nowak", "Depresja", "0 Rh+", "pyłki", "prawosławne", "łemkowskie", "Solidarność", "art. 278 kk", "znaczna"]),
    "sv": (["Patient", "Sjukdom", "Blodgrupp", "Allergier", "Trossamfund", "Etnisk bakgrund", "Fackförening", "Belastningsregister", "Funktionsnedsättning"], ["Eva Berg", "Astma", "A+", "nötter", "Svenska kyrkan", "samisk", "Unionen", "stöld", "synnedsättning"]),
    "da": (["Patient", "Sygdom", "Blodtype", "Allergier", "Trosretning", "Etnisk baggrund", "Fagforening", "Straffeattest", "Funktionsnedsættelse"], ["Lars Holm", "Diabetes", "B+", "pollen", "folkekirken", "inuit", "3F", "vold 2017", "blind"]),
    "fi": (["Potilas", "Diagnoosi", "Veriryhmä", "Allergiat", "Uskontokunta", "Etninen tausta", "Ammattiliitto", "Rikosrekisteri", "Vamma"], ["Matti Virtanen", "Masennus", "A+", "siitepöly", "ortodoksi", "saamelainen", "JHL", "varkaus", "näkövamma"]),
    "cs": (["Pacient", "Onemocnění", "Krevní skupina", "Alergie", "Náboženství", "Etnická příslušnost", "Odborová organizace", "Trestní rejstřík", "Zdravotní postižení"], ["Jan Novák", "Astma", "A+", "pyl", "husitské", "romská", "KOVO", "krádež", "sluchové"]),
    "hu": (["Beteg", "Diagnózis", "Vércsoport", "Allergia", "Vallás", "Etnikum", "Szakszervezet", "Büntetett előélet", "Fogyatékosság"], ["Nagy Péter", "Asztma", "0+", "pollen", "református", "roma", "VASAS", "lopás", "mozgásszervi"]),
    "ro": (["Pacient", "Afecțiune", "Grupa sanguină", "Alergii", "Religie", "Etnie", "Sindicat", "Cazier judiciar", "Dizabilitate"], ["Ion Popescu", "Diabet", "A+", "polen", "ortodox", "rom", "Sanitas", "furt", "locomotorie"]),
    "tr": (["Hasta", "Teşhis", "Kan grubu", "Alerjiler", "Dini inanç", "Etnik köken", "Sendika", "Sabıka kaydı", "Engel durumu"], ["Ayşe Yılmaz", "Diyabet", "0 Rh+", "polen", "Alevi", "Laz", "Türk-İş", "hırsızlık", "görme"]),
    "el": (["Ασθενής", "Διάγνωση", "Ομάδα αίματος", "Αλλεργίες", "Θρήσκευμα", "Εθνότητα", "Συνδικάτο", "Ποινικό μητρώο", "Αναπηρία"], ["Νίκος", "Διαβήτης", "A+", "γύρη", "Χριστιανός", "Ρομά", "ΓΣΕΕ", "κλοπή", "κινητική"]),
    "ru": (["Пациент", "Диагноз", "Группа крови", "Аллергия", "Вероисповедание", "Национальность", "Профсоюз", "Судимость", "Инвалидность"], ["Иван", "Сахарный диабет", "A+", "пыльца", "ислам", "татарин", "ФНПР", "ст. 158 УК РФ", "II группа"]),
    "uk": (["Пацієнт", "Захворювання", "Група крові", "Алергії", "Віросповідання", "Національність", "Профспілка", "Судимість", "Інвалідність"], ["Іван", "Астма", "A+", "пилок", "греко-католик", "кримський татарин", "ФПУ", "крадіжка", "III група"]),
    "ar": (["المريض", "التشخيص", "فصيلة الدم", "الحساسية", "الديانة", "العرق", "النقابة", "السوابق", "نوع الإعاقة"], ["محمد", "السكري", "O+", "البنسلين", "مسلم", "كردي", "نقابة المعلمين", "سرقة", "بصرية"]),
    "he": (["מטופל", "אבחנה", "סוג דם", "אלרגיות", "דת", "מוצא", "איגוד מקצועי", "רישום פלילי", "מוגבלות"], ["דנה", "סוכרת", "A+", "פניצילין", "יהודי", "אתיופי", "ההסתדרות", "גניבה", "לקות שמיעה"]),
    "hi": (["रोगी", "निदान", "रक्त समूह", "एलर्जी", "धर्म", "जाति", "श्रमिक संघ", "आपराधिक रिकॉर्ड", "विकलांगता"], ["राम", "मधुमेह", "B+", "पेनिसिलिन", "हिन्दू", "यादव", "इंटक", "चोरी", "दृष्टिबाधित"]),
    "zh": (["患者", "诊断", "血型", "过敏史", "宗教信仰", "民族", "工会", "犯罪记录", "残疾类型"], ["王芳", "糖尿病", "A型", "青霉素", "佛教", "回族", "是", "盗窃罪", "视力残疾"]),
    "ja": (["患者", "診断名", "血液型", "アレルギー", "宗教", "人種", "労働組合", "犯罪歴", "障害種別"], ["山田", "うつ病", "AB型", "卵", "仏教", "アイヌ", "加入", "窃盗", "視覚障害"]),
    "ko": (["환자", "진단명", "혈액형", "알레르기", "종교", "민족", "노동조합", "범죄경력", "장애유형"], ["김민준", "당뇨병", "B형", "복숭아", "불교", "한민족", "가입", "절도", "시각장애"]),
    "th": (["ผู้ป่วย", "การวินิจฉัย", "กรุ๊ปเลือด", "แพ้ยา", "ศาสนา", "เชื้อชาติ", "สหภาพแรงงาน", "ประวัติอาชญากรรม", "ความพิการ"], ["สมชาย", "เบาหวาน", "O+", "เพนิซิลลิน", "พุทธ", "มลายู", "สมาชิก", "ลักทรัพย์", "ทางสายตา"]),
    "id": (["Pasien", "Diagnosa", "Golongan darah", "Alergi", "Agama", "Suku", "Serikat pekerja", "Catatan kriminal", "Jenis disabilitas"], ["Budi Santoso", "Asma", "A+", "udang", "Hindu", "Batak", "KSPI", "pencurian", "tunanetra"]),
    "vi": (["Bệnh nhân", "Chẩn đoán", "Nhóm máu", "Dị ứng", "Tôn giáo", "Dân tộc", "Công đoàn", "Tiền án", "Khuyết tật"], ["Nguyen Van A", "Hen suyễn", "A+", "hải sản", "Phật giáo", "Tày", "có", "trộm cắp", "vận động"]),
}
TYPES = ["MEDICAL_CONDITION", "BLOOD_TYPE", "MEDICAL_CONDITION", "RELIGION", "ETHNICITY", "TRADE_UNION", "CRIMINAL_RECORD", "DISABILITY"]


def types_in(header: list[str], row: list[str]) -> dict[str, str]:
    """Entity types found in a table of one row, by column."""
    frame = pl.DataFrame(dict(zip(header, ([cell] for cell in row), strict=True)))
    found = KERNEL.find_batch(Batch(source="people.csv", first_record=0, records=1, frame=frame))
    return dict(found.select("field", "entity").iter_rows())


@pytest.mark.parametrize("language", sorted(TABLES))
def test_special_categories_are_told_by_the_header(language: str) -> None:
    """In 26 languages, each cell beside the person."""
    header, row = TABLES[language]
    found = types_in(header, row)
    assert [found.get(name) for name in header[1:]] == TYPES


@pytest.mark.parametrize(
    ("name", "value", "entity"),
    [
        ("Orientación sexual", "bisexual", "SEXUAL_ORIENTATION"), ("性取向", "同性恋", "SEXUAL_ORIENTATION"), ("sexuelle_orientierung", "homosexuell", "SEXUAL_ORIENTATION"),
        ("Partito politico", "PD", "POLITICAL_OPINION"), ("政治面貌", "中共党员", "POLITICAL_OPINION"), ("partyAffiliation", "Green", "POLITICAL_OPINION"), ("siyasi parti", "CHP", "POLITICAL_OPINION"),
        ("CID", "F41.1", "ICD_CODE"), ("Kod ICD-10", "E11", "ICD_CODE"), ("МКБ-10", "I10", "ICD_CODE"), ("CIM-10", "B20", "ICD_CODE"), ("病名コード", "J45.9", "ICD_CODE"),
        ("Medikation", "Sertralin 50 mg", "MEDICATION"), ("przyjmowane leki", "metformina", "MEDICATION"), ("用药", "二甲双胍", "MEDICATION"), ("Staatsangehörigkeit", "deutsch", "NRP"),
    ],
)
def test_codes_and_names_say_which_kind(name: str, value: str, entity: str) -> None:
    """Codes of diseases, medicines, parties and nationalities are types of their own."""
    found = role_candidate(roles_of(name), value)
    assert (found.entity if found else None) == entity


@pytest.mark.parametrize(("name", "value"), [("Religion", "none"), ("Vorstrafen", "keine"), ("アレルギー", "なし"), ("Casier judiciaire", "Néant"), ("Судимость", "нет"), ("union_member", "no"), ("过敏史", "无"), ("CID", "c-9812"), ("cid", "4711"), ("disability", "0")])
def test_what_denies_tells_nothing(name: str, value: str) -> None:
    """Neither does what has not the form of a code."""
    assert role_candidate(roles_of(name), value) is None


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [("Motivo", "Diabetes tipo 2", True), ("Motif", "Consultation VIH", True), ("Grund", "Schwangerschaftsvorsorge", True), ("причина", "депрессия", True), ("reason", "CrashLoopBackOff", False), ("Motivo", "Pago rechazado", False), ("Grund", "Kündigung wegen Umzug", False), ("reason", "aborted by user", False)],
)
def test_a_reason_tells_where_it_speaks_of_health(name: str, value: str, found: bool) -> None:
    """A column called reason is about anything else as often."""
    assert (role_candidate(roles_of(name), value) is not None) == found


def test_every_name_of_the_lexicon_reaches_its_role() -> None:
    """Also where vowel signs or capitals split a word."""
    assert [(one.id, name) for one in roles() for name in (*one.names, *one.exact) if one not in roles_of(name)] == []


@pytest.mark.parametrize(("value", "entity"), [("bisexual", "SEXUAL_ORIENTATION"), ("schwul", "SEXUAL_ORIENTATION"), ("landscape", None), ("left to right", None)])
def test_a_bare_orientation_is_told_by_its_value(value, entity):
    """Screens and pages have an orientation too."""
    found = role_candidate(roles_of("orientation"), value)
    assert (found.entity if found else None) == entity


@pytest.mark.parametrize(
    ("name", "value", "entity"),
    [("user", "u-880", "ONLINE_IDENTIFIER"), ("user_id", "u-880", "ONLINE_IDENTIFIER"), ("userId", "u_82901", "ONLINE_IDENTIFIER"), ("ownerId", "m-17", "ONLINE_IDENTIFIER"), ("user", "ann.walker", "USERNAME"), ("user", "usr12", "USERNAME"), ("job", "u-880", None)],
)
def test_a_short_id_with_a_prefix_is_an_id_of_the_user(name: str, value: str, entity: str | None) -> None:
    """The same under `user` and under `user_id`, so that both are one person; a chosen name stays one."""
    found = role_candidate(roles_of(name), value)
    assert (found.entity if found else None) == entity
