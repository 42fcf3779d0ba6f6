"""What the actions on the hub's register give: every number with the figure that printed it, or how it was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tandem.base.errors import Finding


@dataclass(frozen=True, slots=True)
class Text:
    """A name or a number as it reads in each language."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it reads; `figure` printed it, `how` is the key of its computation; a text has neither."""

    text: Text
    figure: str | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence by its code, with what stands in it."""

    code: str
    params: Mapping[str, Number | tuple[Number, ...]]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to keep in mind about a target, by its code with plain figures; what they rest on."""

    code: str
    params: Mapping[str, Any]
    figure: str | None
    how: str | None


@dataclass(frozen=True, slots=True)
class Computed:
    """One computed number: what of, how, from which figures, what came out."""

    key: str
    subject: Text
    how: Sentence
    inputs: tuple[str, ...]
    result: Text


@dataclass(frozen=True, slots=True)
class About:
    """Which state of the register an answer is of; `imports` 0: it is empty, all else is then None or empty.

    place  that most figures are about; as_of: the newest day that the register names; rows: by table, every vintage
    """

    imports: int
    as_of: str | None
    place: Text | None
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fan:
    """What simulated paths come to, in base units: five lines over `years`, the required path, what was published.

    zh_unit, en_unit  how many base units make one of the unit that `unit` names in either language
    """

    unit: Text
    zh_unit: float
    en_unit: float
    years: tuple[int, ...]
    p5: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    p95: tuple[float, ...]
    required: tuple[tuple[int, float], ...]
    history: tuple[tuple[int, float], ...]
    value: float
    year: int


@dataclass(frozen=True, slots=True)
class Way:
    """Where the way to a target lies at the end of a plan, beside what the simulated paths come to."""

    plan: Text
    year: Number
    level: Number
    low: Number | None
    median: Number | None
    high: Number | None


@dataclass(frozen=True, slots=True)
class Target:
    """One target: what it asks for beside what was achieved lately.

    same     other figures that state the same
    required, recent  growth a year; basis: series, published or assumed; reach: the probability with its error
    missing  codes of why it cannot be judged
    """

    id: str
    name: Text
    place: Text
    value: Number
    year: Number | None
    base: Number | None
    base_year: Number | None
    required: Number | None
    recent: Number | None
    basis: str | None
    status: str
    reach: Number | None
    same: tuple[str, ...]
    ways: tuple[Way, ...]
    warnings: tuple[Warned, ...]
    missing: tuple[str, ...]
    fan: Fan | None


@dataclass(frozen=True, slots=True)
class Cascade:
    """A target beside the sum of its parts' targets."""

    name: Text
    value: Number
    parts: tuple[tuple[Text, Number], ...]
    total: Number
    residual: Number
    missing: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets in the order of the register, those that say the same once."""

    about: About
    items: tuple[Target, ...]
    cascades: tuple[Cascade, ...]
    computed: tuple[Computed, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A mean growth taken as given: where it leads, when the target is reached (None: not in time), how often."""

    mean: Number
    level: Number
    reached: Number | None
    reach: Number
    low: Number
    median: Number
    high: Number


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a fan: levels of the five lines, and of the required path."""

    year: Number
    p5: Number
    p10: Number
    p50: Number
    p90: Number
    p95: Number
    required: Number | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """One target with all that was computed of it; levels in `unit`."""

    about: About
    target: Target
    unit: Text | None
    method: Sentence | None
    scenarios: tuple[Scenario, ...]
    needed: tuple[Sentence, ...]
    years: tuple[Year, ...]
    computed: tuple[Computed, ...]


@dataclass(frozen=True, slots=True)
class Odds:
    """The odds of the next tier by a year, and the growth that would be needed."""

    year: Number
    reach: Number
    needs: Number | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster against the tiers.

    level   revenue in base units, for a picture; open: at least so much
    tier    trillion, hundred_billion, or the figure of another threshold; next: None at the top
    years   (mean growth, when the next tier is reached; None: not in time)
    """

    id: str
    name: Text
    industries: str
    cities: tuple[Text, ...]
    chain: str | None
    source: str
    value: Number | None
    year: Number | None
    level: float | None
    open: bool
    tier: str | None
    tier_figure: Number | None
    next: Number | None
    next_level: float | None
    distance: Number | None
    years: tuple[tuple[Number, Number | None], ...]
    odds: tuple[Odds, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """One threshold, lowest first."""

    level: float
    text: Number


@dataclass(frozen=True, slots=True)
class Clusters:
    """All clusters, the largest first."""

    about: About
    tiers: tuple[Tier, ...]
    items: tuple[Cluster, ...]
    computed: tuple[Computed, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """Why an organisation counts as a supplier: an offer, a delivery or its sector, and the term that it names."""

    kind: str
    id: str
    title: Text | None
    term: str


@dataclass(frozen=True, slots=True)
class Supplier:
    """An organisation that everybody may see and that supplies a link, with its evidence."""

    id: str
    name: Text
    local: bool
    evidence: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain; `gap` None where the hub shows everybody no organisation. At most 12 of each list.

    words  by which suppliers are looked for
    local, elsewhere, needs, offers   how many there are
    """

    id: str
    chain: str
    stage: str
    name: Text
    words: tuple[str, ...]
    importance: int | None
    source: str
    gap: str | None
    local: int
    elsewhere: int
    needs: int
    offers: int
    suppliers: tuple[Supplier, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain, with how many of its links have which gap."""

    id: str
    name: Text
    gaps: Mapping[str, int]
    links: int


@dataclass(frozen=True, slots=True)
class Chains:
    """The links of the chains, the gaps felt most first; organisations: how many everybody saw when it was counted."""

    about: About
    organisations: int
    counted_at: int
    chains: tuple[Chain, ...]
    items: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One figure of a doubt: what, where, when, how much, who says so."""

    figure: str
    name: Text
    place: Text
    period: str
    value: Number
    source: str
    vintage: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What figures say together that needs a decision or a definition; `how`: the rule by which it was found.

    id  of this state of the register
    """

    id: str
    sort: str
    rule: str
    told: Sentence
    how: Computed
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Doubts, the gravest class first, at most 200; `sorts`: how many of each class there are."""

    about: About
    sorts: Mapping[str, int]
    items: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure as printed; `shown`: value and unit as they read in each language.

    current  whether it is the latest vintage of its figure
    """

    id: str
    name: Text
    indicator: str
    shown: Text
    value: str
    unit: str
    period: str
    place: Text
    sort: str
    source: str
    vintage: str
    current: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """A part of a list of figures; `total`: how many the filters leave, sources: each with its number of figures."""

    about: About
    total: int
    sources: tuple[tuple[str, int], ...]
    items: tuple[Figure, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One figure with all that the register holds of it.

    told     (column, text in each language): definition, denominator, owner and the like, where stated
    vintages all prints of it, the newest first
    targets  that rest on it: (id, name); doubts that name it: (id, class)
    import_number, imported  in which import this print came, and on which day
    """

    about: About
    figure: Figure
    told: tuple[tuple[str, Text], ...]
    vintages: tuple[Figure, ...]
    targets: tuple[tuple[str, Text], ...]
    doubts: tuple[tuple[str, str], ...]
    import_number: int | None
    imported: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One measure or recommendation; amounts as stated; absent: what nobody names."""

    id: str
    title: Text
    sort: str | None
    pillar: str | None
    owner: str | None
    status: str
    promised: Text | None
    delivered: Text | None
    budget: int | None
    spent: int | None
    due_on: str | None
    overdue_days: int | None
    absent: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Measures:
    """All items, and how many of them lack an owner and the like; `targets` that name an owner, of all.

    recommendations  that are loaded; expected: how many a figure says there are
    """

    about: About
    statuses: Mapping[str, int]
    absent: Mapping[str, int]
    targets: int
    targets_owned: int
    recommendations: int
    expected: int | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One import: its number, day, files by name, and rows stored by table."""

    number: int
    day: str | None
    files: tuple[str, ...]
    stored: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Holding:
    """What the register holds and what it comes to: counts, each of a list that another action gives.

    sources, places, first_year, last_year  of the figures; statuses: targets by status; gaps: links by gap, empty where
    nobody's organisations are seen
    """

    about: About
    sources: int
    places: int
    first_year: int | None
    last_year: int | None
    sorts: Mapping[str, int]
    statuses: Mapping[str, int]
    doubts: Mapping[str, int]
    clusters: int
    links: int
    measures: int
    imports: tuple[Import, ...]


@dataclass(frozen=True, slots=True)
class TableStored:
    """One table of a file: rows read = stored + unchanged + rejected."""

    table: str
    file: str
    sheet: str | None
    read: int
    rejected: int
    unchanged: int
    stored: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import did, or would do; at most 200 findings, and how many more.

    written  whether it was done; number: of the import, None where nothing is new
    vintages figures by the vintage that they came in ("" where none is named)
    """

    written: bool
    number: int | None
    tables: tuple[TableStored, ...]
    vintages: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]
    more_findings: int
