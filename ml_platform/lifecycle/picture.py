"""A picture in Dagster's metadata."""

from base64 import b64encode

from dagster import MarkdownMetadataValue, MetadataValue


def picture(png: bytes) -> MarkdownMetadataValue:
    """A PNG as Markdown metadata, which the UI shows in place."""
    return MetadataValue.md(f"![picture](data:image/png;base64,{b64encode(png).decode()})")
