"""Interview questions of a result, and what a filled-in questionnaire says about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from auditor.app.findings.judging import LONGEST, Given
from auditor.app.findings.results import manual_keys, read
from auditor.app.findings.wording import FindingWords
from auditor.engagement.findings import ANSWERS
from auditor.errors import ContentError
from auditor.model.canonical import digest
from auditor.phrases import LANGUAGES, Phrases

if TYPE_CHECKING:
    from auditor.app.findings.results import Asked
    from auditor.engagement.comparison import Key
    from auditor.sdk.rendering import StoredResult

FORMAT = "auditor-questionnaire/1"
ASKED = ("check", "title", "question", "why", "show")
"""Columns that the tool writes, and that nobody may change."""

ANSWERED = ("answer", "author", "date", "evidence", "valid_until", "remark")
"""Columns that people fill in."""

_SHOWN_PROBLEMS = 20
_NOTHING = (None, "")  # no set: in YAML a value may be a list


@dataclass(frozen=True, slots=True)
class Question:
    """An interview question. `why` is the check's rationale, `show` what would prove the answer."""

    key: Key
    check: Asked
    title: str
    question: str
    why: str
    show: str

    def texts(self) -> dict[str, str]:
        """The columns that the tool writes."""
        return {
            "check": self.check.id,
            "title": self.title,
            "question": self.question,
            "why": self.why,
            "show": self.show,
        }


@dataclass(frozen=True, slots=True)
class Filled:
    """One question of a file as it came in. `at` tells where a column stands, for messages."""

    values: Mapping[str, Any]
    at: Callable[[str], str]

    @property
    def answered(self) -> bool:
        """Whether anything was filled in."""
        return any(self.values.get(name) not in _NOTHING for name in ANSWERED)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A file that came in: which engagement and account it says it is for ("" for none), and its questions.

    `asked` names the English questions that it was made of, where it says them in another language ("" otherwise).
    """

    engagement: str
    account: str
    questions: Sequence[Filled]
    asked: str = ""


class Problems:
    """Collects what is wrong with a file, so that it is told at once; nothing is imported then."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._found: list[str] = []

    def add(self, place: str, message: str) -> None:
        """One thing that is wrong, and where it stands."""
        self._found.append(f"{place}: {message}")

    @property
    def count(self) -> int:
        """How much is wrong so far."""
        return len(self._found)

    def refuse(self) -> None:
        """ContentError with all that was found; nothing when nothing was."""
        if not self._found:
            return
        shown = self._found[:_SHOWN_PROBLEMS]
        left = len(self._found) - len(shown)
        message = "; ".join(shown) + (f"; and {left} more" if left else "")
        raise ContentError(message, where=self._where, hint="correct it and import it again; nothing was imported")


def questions_of(stored: StoredResult) -> list[Question]:
    """Every interview question of a result, by id."""
    found = []
    for key, check in manual_keys(read(stored)):
        said = check.document
        show = said.get("question_evidence", "")
        found.append(Question(key, check, check.title, said.get("question", check.title), said["rationale"], show))
    return found


def fingerprint(questions: Iterable[Question]) -> str:
    """Names what is asked, whatever language it is said in: the SHA-256 of the English texts."""
    return digest([one.texts() for one in questions])


def paired(
    filled: Iterable[Filled], questions: Iterable[Question], problems: Problems, *, translated: bool = False
) -> list[tuple[Filled, Question]]:
    """Every question of a file with the one that is meant; unknown, changed and repeated ones are problems.

    `translated`: the file says these very questions in another language. Its words are not compared then: a
    translation may have become a better one since.
    """
    known = {one.check.id: one for one in questions}
    seen: dict[str, str] = {}
    pairs = []
    for one in filled:
        ident = one.values.get("check")
        place = one.at("check")
        if not isinstance(ident, str) or ident not in known:
            problems.add(place, f"{_shown(ident)} is no interview question of the result")
        elif ident in seen:
            problems.add(place, f"{ident} was asked at {seen[ident]} already")
        else:
            seen[ident] = place
            if not translated:
                _compare(one, known[ident], problems)
            pairs.append((one, known[ident]))
    return pairs


def _compare(one: Filled, question: Question, problems: Problems) -> None:
    for name, text in question.texts().items():
        stands = one.values.get(name)
        if _plain(stands) != _plain(text) and _plain(stands) not in _told(text):
            problems.add(one.at(name), f"the {name} of {question.check.id} was changed; export the questionnaire again")


def _told(text: str) -> set[object]:
    """The text in every language in which it may have been asked."""
    return {_plain(FindingWords(language).text(text)) for language in LANGUAGES}


def given(one: Filled, problems: Problems) -> Given | None:
    """The answer of a question that was filled in; None with problems noted when it is not a whole one."""
    before = problems.count
    answer = _answer(one, problems)
    author, evidence = (_text(one, name, problems, needed=True) for name in ("author", "evidence"))
    on, until = (_day(one, name, problems) for name in ("date", "valid_until"))
    remark = _text(one, "remark", problems, needed=False)
    if problems.count > before or on is None or until is None:
        return None
    return Given(answer, author, on, evidence, until, remark)


def _answer(one: Filled, problems: Problems) -> str:
    value = one.values.get("answer")
    word = value.strip().casefold() if isinstance(value, str) else value
    if word in _NOTHING:
        problems.add(one.at("answer"), "the answer is missing")
    elif isinstance(word, str) and word in answer_words():
        return answer_words()[word]
    else:
        problems.add(one.at("answer"), f"{_shown(value)} is no answer; there are {', '.join(_offered(one))}")
    return ""


def _offered(one: Filled) -> Sequence[str]:
    """The answers that the row offers in its own language; those of the format where it offers none or others."""
    words = [word.strip() for word in str(one.values.get("allowed") or "").split(",")]
    return words if all(word.casefold() in answer_words() for word in words) else ANSWERS


def answer_words() -> Mapping[str, str]:
    """What people may write for an answer, in any language -> the answer."""
    words = {answer: answer for answer in ANSWERS}
    for language in LANGUAGES:
        say = Phrases(language, "findings").say
        words |= {say(f"answer_{answer}").casefold(): answer for answer in ANSWERS}
    return words


def _text(one: Filled, name: str, problems: Problems, *, needed: bool) -> str:
    value = one.values.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            problems.add(one.at(name), f"the {name} is missing")
        return ""
    if not isinstance(value, str):
        problems.add(one.at(name), f"{_shown(value)} is no text")
        return ""
    if len(value) > LONGEST:
        problems.add(one.at(name), f"it has {len(value)} characters; {LONGEST} are the limit")
    return value.strip()


def _day(one: Filled, name: str, problems: Problems) -> date | None:
    value = one.values.get(name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    called = name.replace("_", " ")
    if value in _NOTHING:
        problems.add(one.at(name), f"the {called} is missing")
        return None
    try:
        if isinstance(value, str) and len(value.strip()) == len("2026-12-04"):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    problems.add(one.at(name), f"{_shown(value)} is no date; write it as 2026-12-04")
    return None


def _plain(value: object) -> object:
    """Text as it is compared: spreadsheets change line ends and outer spaces."""
    return " ".join(value.split()) if isinstance(value, str) else value or ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
