"""What reading a text would likely find, guessed from its words: cheap enough for every text, learnt from the texts read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float32]

#: Code points looked at, and what counts as a word; scripts without blanks give their signs.
LOOKED_AT = 2_000
_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|\p{L}+"
_CAPITAL = r"\p{Ll}[,:]?\s+\p{Lu}\p{Ll}+"
#: Signs that no word gives, as features of their own.
_SIGNS = {
    "capital": pl.col("text").str.contains(_CAPITAL),
    "capitals": pl.col("text").str.count_matches(_CAPITAL) > 1,
    "digit": pl.col("text").str.contains(r"\d"),
    "question": pl.col("text").str.contains(r"\?|？"),
    "lines": pl.col("text").str.contains("\n"),
    "middling": pl.col("text").str.len_chars() > 60,
    "long": pl.col("text").str.len_chars() > 200,
}
#: Units (people, conversations) a word has to stand in, and words learnt from, the commonest first.
FEWEST_UNITS, MOST_WORDS = 3, 1_200
#: Weight of the prior: occurrences after which a word counts half.
PRIOR = 2.0
#: Parts of the units read; a unit is guessed by what the other parts taught.
PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """
    Guessed chances, by models that have not seen the text's unit.

    Args:
        texts: unit, conversation, role and language, one row a text.
        properties: names of the columns of `chances`.
        chances: one row a text; about 0 to 1, not held to it.
    """

    texts: pl.DataFrame = field(repr=False)
    properties: tuple[str, ...]
    chances: Floats = field(repr=False)

    def by_unit(self, name: str, counted: str, role: str, language: str | None = None) -> pl.DataFrame:
        """
        What is expected of each unit: `unit` and `guess`.

        Args:
            name: a property.
            counted: `turns` or `sentences`; or `conversations` or `people` with at least one such turn.
            role, language: of the texts counted; null: any language.
        """
        chance = pl.Series("guess", self.chances[:, self.properties.index(name)]).cast(pl.Float64)
        wanted = self.texts.with_columns(chance).filter(role=role, **({} if language is None else {"language": language}))
        if counted in ("turns", "sentences"):
            return wanted.group_by("unit").agg(pl.col("guess").sum())
        within = ["unit", "conversation"] if counted == "conversations" else ["unit"]
        none = (-pl.col("guess").clip(0, 0.999)).log1p().sum().exp()
        return wanted.group_by(within).agg(none).group_by("unit").agg((1 - pl.col("guess")).sum().alias("guess"))


def guesses(texts: pl.DataFrame, units: pl.DataFrame, found: pl.DataFrame) -> Guesses | None:
    """
    Guesses for every worthwhile text.

    Args:
        texts: as `expensive_units.units` gives.
        units: unit, stratum, chosen.
        found: turn and property, of the texts of chosen units.

    Returns:
        Ridge regressions on words, each fitted to four fifths of the units read; null where nothing was found or too little read.

    Source:
        Breidt and Opsomer (2017), Statistical Science 32:190 (model-assisted estimation with any method of prediction);
        Wager, Du, Taylor and Tibshirani (2016), PNAS 113:12673 (fitting apart keeps the variance honest).
    """
    said = texts.filter("worthwhile").join(_parts(units), on="unit", maintain_order="left").with_row_index("row")
    read = said.filter(pl.col("part") >= 0)
    properties = tuple(found["property"].unique().sort())
    if not properties or read["unit"].n_unique() < 2 * PARTS:
        return None
    features, truth = _features(said), _truth(read, found, properties)
    part, rows = read["part"].to_numpy(), read["row"].to_numpy()
    known = [(features[rows[part == one]], truth[part == one]) for one in range(PARTS)]
    grams = [(words.T @ words).toarray() for words, _ in known]
    moments = [words.T @ hits for words, hits in known]
    chances = np.zeros((said.height, len(properties)), np.float32)
    apart = np.zeros((read.height, len(properties)), np.float32)
    for one in range(PARTS):
        weights = _ridge(sum(grams) - grams[one], sum(moments) - moments[one])
        chances += (features @ weights).astype(np.float32) / PARTS
        apart[part == one] = known[one][0] @ weights
    chances[rows] = apart
    return Guesses(texts=said.select("unit", "conversation", "role", "language"), properties=properties, chances=chances)


def _parts(units: pl.DataFrame) -> pl.DataFrame:
    """The part of each unit, in turn within its stratum; -1 where it was not read."""
    turn = pl.int_range(pl.len()).over("stratum", "chosen") % PARTS
    return units.select("unit", part=pl.when("chosen").then(turn).otherwise(-1))


def _features(said: pl.DataFrame) -> csr_array:
    """One row a text: one, signs, language, and the words that enough units read."""
    looked = said.select("row", "unit", "part", "language", text=pl.col("text").str.slice(0, LOOKED_AT))
    words = looked.select("row", "unit", "part", word=pl.col("text").str.to_lowercase().str.extract_all(_WORD)).explode("word").drop_nulls("word").unique()
    common = words.filter(pl.col("part") >= 0).group_by("word").agg(units=pl.col("unit").n_unique()).filter(pl.col("units") >= FEWEST_UNITS)
    common = common.sort("units", "word", descending=[True, False]).head(MOST_WORDS).with_row_index("column")
    signs = looked.select("row", **_SIGNS).unpivot(index="row", variable_name="word").filter("value").select("row", "word")
    tongues = looked.select("row", word="language")
    own = pl.concat([signs, tongues, looked.select("row", word=pl.lit("one"))])
    kinds = own.select("word").unique().sort("word").with_row_index("column")
    first = words.select("row", "word").join(common.select("word", "column"), on="word").select("row", "column")
    second = own.join(kinds, on="word").select("row", pl.col("column") + common.height)
    cells = pl.concat([first, second])
    shape = (said.height, common.height + kinds.height)
    return csr_array((np.ones(cells.height), (cells["row"].to_numpy(), cells["column"].to_numpy())), shape=shape)


def _truth(read: pl.DataFrame, found: pl.DataFrame, properties: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """One row a text read, one column a property: whether it was found."""
    placed = read.select("turn").with_row_index("place").join(found.unique(), on="turn")
    table = np.zeros((read.height, len(properties)))
    columns = placed["property"].replace_strict({name: column for column, name in enumerate(properties)}, return_dtype=pl.Int64)
    table[placed["place"].to_numpy(), columns.to_numpy()] = 1
    return table


def _ridge(gram: npt.NDArray[np.float64], moment: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weights of least squares with a normal prior."""
    return cho_solve(cho_factor(gram + PRIOR * np.eye(len(gram)), overwrite_a=True), moment)
