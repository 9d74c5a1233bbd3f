"""The page's link to the front end's build: tags for an entry of vite's manifest."""

import json
from functools import lru_cache
from pathlib import Path

from flask import g, has_request_context, url_for
from markupsafe import Markup, escape

DIST = Path(__file__).parent / "static" / "dist"
HINT = (
    "The front end is not built: webapp/static/dist/manifest.json is missing. "
    "Run `npm ci --ignore-scripts && npm run build` in webapp/frontend (`make run` does it for you)."
)


class AssetsNotBuilt(RuntimeError):
    """Raised when a page is rendered before the front end was built; carries what to do."""


def asset_tags(entry: str) -> Markup:
    """Style sheets, preloads and the module script of one entry, each at most once per request."""
    seen = _seen()
    lines: list[Markup] = []
    for kind, path in needs(entry):
        if (kind, path) in seen:
            continue
        seen.add((kind, path))
        lines.append(_TAGS[kind].format(url_for("static", filename=f"dist/{path}")))
    return Markup("\n  ").join(lines)


_TAGS = {
    "style": Markup('<link rel="stylesheet" href="{}">'),
    "preload": Markup('<link rel="modulepreload" href="{}">'),
    "script": Markup('<script type="module" src="{}"></script>'),
}


def not_built_page() -> str:
    """A plain page for the first visitor of a checkout without a build; needs no assets itself."""
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>工办</title>'
        f"<h1>页面资源尚未构建</h1><p>请先构建前端，再刷新本页。数据没有受到影响。</p><pre>{escape(HINT)}</pre></html>"
    )


def needs(entry: str) -> tuple[tuple[str, str], ...]:
    """What an entry needs: its style sheets, the chunks it imports, itself, in that order."""
    try:
        built = (DIST / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        raise AssetsNotBuilt(HINT) from None
    return _needs(entry, built)


@lru_cache(maxsize=32)
def _needs(entry: str, built: int) -> tuple[tuple[str, str], ...]:
    # `built` makes a server that is running notice a new build.
    manifest: dict[str, dict[str, object]] = json.loads(
        (DIST / "manifest.json").read_text(encoding="utf-8")
    )
    start = f"src/{entry}.ts"
    if start not in manifest:
        raise KeyError(f"no front-end entry named {entry}")
    chunks: list[str] = []

    def visit(key: str) -> None:
        if key in chunks:
            return
        chunks.append(key)
        for imported in _strings(manifest[key].get("imports")):
            visit(imported)

    visit(start)
    styles = [css for key in reversed(chunks) for css in _strings(manifest[key].get("css"))]
    preloads = [str(manifest[key]["file"]) for key in chunks[1:]]
    found = [("style", path) for path in styles] + [("preload", path) for path in preloads]
    found.append(("script", str(manifest[start]["file"])))
    return tuple(dict.fromkeys(found))


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _seen() -> set[tuple[str, str]]:
    if not has_request_context():
        return set()
    if "asset_tags" not in g:
        g.asset_tags = set()
    seen: set[tuple[str, str]] = g.asset_tags
    return seen
