"""Publisher documents and origin records: who publishes, and where a file was born."""

from datetime import date

from pydantic import Field

from shanhai.documents.terms import Bilingual, Strict


class Publisher(Strict):
    """`include/sources/<publisher>/publisher.yml`: who publishes the tables of this folder."""

    name: Bilingual
    description: Bilingual
    address: str | None = None


class Origin(Strict):
    """`<file>.origin.yml` beside a bundled publication: its birth certificate."""

    title: str = Field(description="Title as printed")
    publisher: str = Field(description="Who published it, as printed")
    address: str | None = Field(None, description="Where it was published; null when no address is known")
    published_on: date | None = None
    retrieved_on: date | None = None
    licence: str
    reliability: str = Field(description="official, mirror of official, news, encyclopedia or compiled")
    transcription: str = Field(description="What was transcribed from what, and what was left out")
