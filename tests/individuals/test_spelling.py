"""Names across scripts and spellings."""

import polars as pl
import pytest

from leakscope.individuals.spelling import divided, is_full, mailbox_key, name_keys, plain


@pytest.mark.parametrize(
    ("one", "other"), [("müller", "Mueller"), ("müller", "muller"), ("Мюллер", "Müller"), ("Łukasz", "lukasz"), ("groß", "gross"), ("李伟", "Li Wei"), ("Đặng", "dang"), ("Ελένη", "eleni")]
)
def test_one_name_is_spelt_alike_in_every_script(one, other):
    """Umlauts written out or left away, Cyrillic, Greek and Chinese letters."""
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), [("ann", "anna"), ("李伟", "李娜"), ("Иван", "Иванна")])
def test_other_names_stay_apart(one, other):
    """Folding spellings joins no two names."""
    assert plain(one) != plain(other)


@pytest.mark.parametrize(("name", "parts"), [("ann lee", ("ann", "lee")), ("李伟", ("伟", "李")), ("欧阳修文", ("修文", "欧阳")), ("小川和也", ("和也", "小川")), ("김민수", ("민수", "김")), ("家辉", ("家辉",)), ("ann", ("ann",))])
def test_east_asian_names_divide_without_a_space(name, parts):
    """Family name first as written, last as given here; two characters that begin with no family name are a given name."""
    assert divided(name) == parts


@pytest.mark.parametrize("name", ["ann lee", "李伟", "小川和也", "김민수", "家辉", "ann", "李"])
def test_a_full_name_is_one_that_divides(name):
    """The expression and the function agree."""
    assert pl.select(is_full(pl.lit(name))).item() == (len(divided(name)) > 1)


@pytest.mark.parametrize(("name", "mail"), [("ann lewis", "ann.lewis77@gmx.de"), ("ann lewis", "lewis.ann@gmx.de"), ("jörg müller", "joergmueller1@web.de"), ("иван петров", "petrov.ivan@mail.ru"), ("王丽华", "lihua.wang@qq.com")])
def test_a_mailbox_made_of_a_name_is_called_like_it(name, mail):
    """In either order, with or without digits, dots and tags."""
    keys = name_keys(pl.DataFrame({"name": [name]})).get_column("key").to_list()

    assert pl.select(mailbox_key(pl.lit(mail))).item() in keys


def test_a_short_mailbox_is_called_nothing():
    """Five letters may be anybody."""
    assert pl.select(mailbox_key(pl.lit("alee@gmx.de"))).item() is None
