"""Rendering reports of a stored result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from auditor.app.plugins import Plugins
from auditor.errors import AuditorError, PluginError, ResultError, UsageProblem
from auditor.files import replacing

if TYPE_CHECKING:
    from auditor.sdk.rendering import Renderer, StoredResult


@dataclass(frozen=True, slots=True)
class Look:
    """How reports look: a customer's own template folder, and the languages, one report for each.

    `content` are folders with further checks, whose texts may be translated there.
    """

    templates: Path | None = None
    languages: Sequence[str] = ("en",)
    content: Sequence[Path] = ()


def renderers(
    plugins: Plugins, template_folder: Path | None = None, language: str = "en", content: Sequence[Path] = ()
) -> dict[str, Renderer]:
    """All renderers by name; a customer's template folder overrides plugins, plugins override the built-in set.

    `language` is that of the tool's own renderers: those of plugins are as they are. `content` as in `Look`.
    """
    from auditor.app.content import cache_folder
    from auditor.reporting.renderers import built_in

    texts = None
    if language[:2].lower() != "en":  # reports in English load nothing of this
        from auditor.app.texts import texts_in

        texts = texts_in(language, plugins, content)
    own = [template_folder] if template_folder is not None else []
    if not all((folder / "default").is_dir() for folder in own):
        raise UsageProblem("it holds no template set: a folder named default", where=str(template_folder))
    # the tool's own templates come first in the list of contributions and are asked last
    folders = [folder for _, group in reversed(plugins.contributions("auditor_templates")) for folder in group]
    found = {renderer.name: renderer for renderer in built_in([*own, *folders], cache_folder(), language, texts)}
    owners = dict.fromkeys(found, "the tool itself")
    for owner, group in plugins.contributions("auditor_renderers"):
        for renderer in group:
            if renderer.name in found:
                claim = f"the format {renderer.name} is already rendered by {owners[renderer.name]}"
                raise PluginError(claim, where=owner, hint="rename one of them or disable a plugin")
            found[renderer.name], owners[renderer.name] = renderer, owner
    return found


def chosen_renderers(formats: Sequence[str], plugins: Plugins, look: Look) -> list[Renderer]:
    """The renderers of the asked formats, `json` being the result itself; one of the tool's own for each language.

    UsageProblem for a format that nobody renders, or a language that there is not.
    """
    if set(formats) == {"json"}:
        return []
    chosen: dict[str, Renderer] = {}
    for language in dict.fromkeys(look.languages or ("en",)):
        for renderer in _named(formats, renderers(plugins, look.templates, language, look.content)):
            chosen.setdefault(renderer.file_name, renderer)  # a plugin's renderer speaks one language only
    return list(chosen.values())


def _named(formats: Sequence[str], known: dict[str, Renderer]) -> list[Renderer]:
    unknown = [name for name in formats if name not in known and name != "json"]
    if unknown:
        raise UsageProblem(f"no format is named {unknown[0]}", hint=f"there are json, {', '.join(sorted(known))}")
    return [known[name] for name in dict.fromkeys(formats) if name != "json"]


def write_reports(stored: StoredResult, out: Path, chosen: Sequence[Renderer]) -> list[Path]:
    """Write the reports of a stored result; the paths in the order of the renderers."""
    written = []
    for renderer in chosen:
        path = out / renderer.file_name
        with replacing(path) as file:
            _render(renderer, stored, file)
        written.append(path)
    return written


def _render(renderer: Renderer, stored: StoredResult, file: BinaryIO) -> None:
    """PluginError for a mistake in foreign code: a mistake of our own is left for its traceback."""
    try:
        renderer.render(stored, file)
    except (AuditorError, OSError):
        raise
    except Exception as error:
        module = type(renderer).__module__
        if module.startswith("auditor."):
            raise
        claim = f"the format {renderer.name} could not be rendered: {type(error).__name__}: {str(error)[:300]}"
        hint = "the result is there: render other formats of it with auditor report"
        raise PluginError(claim, where=module, hint=hint) from error


def render_stored(
    path: Path, out: Path, formats: Sequence[str], plugins: Plugins, look: Look | None = None
) -> list[Path]:
    """Render a result that was stored earlier; ResultError when it cannot be read or was changed."""
    from auditor.reporting.reader import load_result

    if "json" in formats:
        raise UsageProblem("json is the stored result itself", hint="name reports to be made of it, such as html")
    look = look or Look()
    chosen = chosen_renderers(formats, plugins, look)
    stored = load_result(path)
    stored.verify()
    out.mkdir(parents=True, exist_ok=True)
    try:
        return write_reports(stored, out, chosen)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        _blame_result(stored.data, path, error)
        raise


def _blame_result(result: Mapping[str, Any], path: Path, error: Exception) -> None:
    """ResultError when a result that could not be rendered is not what the schema publishes."""
    from auditor.sdk.published import validator

    problem = next(validator("result").iter_errors(result), None)
    if problem is not None:
        place = "".join(f"/{step}" for step in problem.absolute_path) or "/"
        raise ResultError(
            f"{place}: {problem.message[:200]}", where=str(path), hint="render a result as the audit wrote it"
        ) from error
