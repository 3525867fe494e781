"""One feature for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

# What is shown first; the rest stands in `numbers`.
SHOWN = {
    "rank": "rank", "agreement_stratified": "agreement", "agreement_stratified_raw": "κ", "agreement_low": "κ at least",
    "agreement_high": "κ at most", "p_agreement": "p", "q_agreement": "q", "cofire": "co-firing sentences",
}
STRUCTURES = ("promoted", "suppressed", "explanations", "samples", "neuronpedia")


class Feature:
    """What `isogloss show` knows of a feature. `numbers` are its columns of scores.parquet; `promoted` and
    `suppressed` are (token, effect) pairs or None; `samples` are its strongest sentences, each a dictionary with
    `text`, `max` and `tokens` for every language."""

    def __init__(self, shown: Mapping[str, Any], languages: list[str]) -> None:
        self.feature: int = shown["feature"]
        self.languages = languages
        peaks = [f"peaks_{language}" for language in languages]
        self.numbers: dict[str, Any] = {k: v for k, v in shown.items() if k not in STRUCTURES and k not in peaks}
        self.peaks: dict[str, list[tuple[str, float]]] = {
            language: [(token, share) for token, share in shown[name]] for language, name in zip(languages, peaks)}
        self.promoted = _pairs(shown["promoted"])
        self.suppressed = _pairs(shown["suppressed"])
        self.explanations: list[str] = [row["description"] for row in shown["explanations"]]
        self.neuronpedia: str | None = shown.get("neuronpedia")
        self.samples: list[dict[str, Any]] = shown["samples"]

    @property
    def flags(self) -> list[str]:
        """What its agreement may be instead."""
        return [name.removeprefix("flag_") for name, set_ in self.numbers.items() if name.startswith("flag_") and set_]

    def __str__(self) -> str:
        lines = [f"feature {self.feature}: " + ", ".join(f"{label} {value}" for label, value in self._shown())]
        lines.append("flags: " + (", ".join(self.flags) or "none"))
        for label, tokens in self._vocabulary():
            lines.append(f"{label}: " + "  ".join(tokens))
        for sample in self.samples:
            lines.append(f"\nsentence {sample['sample']} ({sample['source']})")
            for language in self.languages:
                sentence = sample[language]
                marked = "".join(f"[{text}]" if value > 0 else text for text, value in sentence["tokens"])
                lines.append(f"{language} {sentence['max']:.4g}: {marked or sentence['text']}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        strongest = max((sample[language]["max"] for sample in self.samples for language in self.languages), default=0)
        facts = " · ".join(f"{escape(label)} <b>{escape(value)}</b>" for label, value in self._shown())
        parts = [f"<h4>Feature {self.feature}</h4><p>{facts}<br>flags: {escape(', '.join(self.flags) or 'none')}</p>"]
        for label, tokens in self._vocabulary():
            parts.append(f"<p>{label} {' '.join(f'<code>{escape(token)}</code>' for token in tokens)}</p>")
        head = "".join(f'<th style="text-align:left">{escape(language)}</th>' for language in self.languages)
        rows = "".join(self._row(sample, strongest) for sample in self.samples)
        parts.append(f'<table style="table-layout:fixed;width:100%"><tr><th style="width:6em">sentence</th>{head}</tr>'
                     f"{rows}</table>")
        return "".join(parts)

    def _row(self, sample: Mapping[str, Any], strongest: float) -> str:
        cells = "".join(
            f'<td dir="auto" style="text-align:start;vertical-align:top;white-space:normal">{_shaded(sample[language], strongest)}</td>'
            for language in self.languages)
        return f'<tr><td style="vertical-align:top">{sample["sample"]}<br>{escape(sample["source"])}</td>{cells}</tr>'

    def _shown(self) -> list[tuple[str, str]]:
        values = [(label, self.numbers.get(name)) for name, label in SHOWN.items()]
        return [(label, f"{value:.3g}" if isinstance(value, float) else str(value))
                for label, value in values if value is not None]

    def _vocabulary(self) -> list[tuple[str, list[str]]]:
        """What it promotes and suppresses, and the tokens on which it peaks in each language."""
        lists = [("promotes", self.promoted), ("suppresses", self.suppressed), *self.peaks.items()]
        return [(label, [token for token, _ in tokens]) for label, tokens in lists if tokens]


def _pairs(tokens: list[list[Any]] | None) -> list[tuple[str, float]] | None:
    return None if tokens is None else [(token, effect) for token, effect in tokens]


def _shaded(sentence: Mapping[str, Any], strongest: float) -> str:
    """The sentence with its tokens on a background as deep as their activation."""
    tokens = sentence["tokens"] or [(sentence["text"], 0)]
    return "".join(
        f'<span title="{value:.4g}" style="background:rgba(255,120,0,{0.15 + 0.65 * value / strongest:.2f})">{escape(text)}</span>'
        if value > 0 else escape(text)
        for text, value in tokens)
