"""What to do about each kind of alarm. docs/trouble.md says more.

`{source}` is the slug, `{url}` the page, `{typed_url}` the page as a shell wants it: people copy these commands, and an older page's address
is what a stranger has written.
"""

from __future__ import annotations

from schedules.symptoms import AlarmKind

ADVICE = {
    AlarmKind.WALL: "See what comes with `standfirst try {typed_url}`. A consent wall may let in whoever sends its cookie (`cookies` of the source), "
    "scripts may need `render = true`; a log-in or bot page means: ask the owner, or disable the source.",
    AlarmKind.FORBIDDEN: "The owner wants no machines here. Ask them, or disable the source; what was seen before stays.",
    AlarmKind.NO_LIST: "See what comes with `standfirst try {typed_url}`. If the list has moved, change the source's urls; if it is there and isn't "
    "found, `standfirst learn {source}` or a recipe by hand helps.",
    AlarmKind.UNREADABLE: "Open {url} in a browser. If it works there, `standfirst try {typed_url}` shows what the crawler gets; if the page is "
    "gone, change the source's urls or disable it.",
    AlarmKind.CARD_COUNT: "Compare `standfirst try {typed_url}` with the page in a browser. If cards are missing or aren't cards, `standfirst learn "
    "{source}` or a recipe by hand helps; if the page is like that now, do nothing: it will soon be what is usual.",
    AlarmKind.FIELD: "Compare `standfirst try {typed_url}` with the page in a browser. If the field is there and isn't read, `standfirst learn {source}` "
    "or a recipe by hand helps; if the page shows it no more (or shows it now), do nothing: it will soon be what is usual.",
    AlarmKind.DRIFT: "The cards were read by the full method, so nothing is lost. Check them with `standfirst cards --source {source}`, then "
    "make a new recipe with `standfirst learn {source}`.",
    AlarmKind.ALL_OTHER: "Look at `standfirst changes --source {source} --since 3d`. Other articles than ever: the page may be another one "
    "now. The same articles under other addresses: the site has changed its links.",
    AlarmKind.STALE: "Open {url} in a browser. If there is news there, the crawler is shown an old copy; if there is none, the page may be "
    "given up, and the list may go on at another address.",
    AlarmKind.VALIDATORS: "Nothing to do: the page is asked for in full from now on. Looks that were answered 'not modified' before may have missed changes.",
}
