"""A second language for the practice collection: short documents in German, written for it."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration.sandbox.corpus import Document

LANGUAGE = "de"
EVERY = 80
"""One German document stands before so many of the others, so that any first part has its share."""

_TEXTS = (
    ("Wie liest man eine Datei Zeile für Zeile?",
     "Eine geöffnete Datei gibt ihre Zeilen der Reihe nach her, wenn man sie in einer Schleife "
     "durchläuft. So liegt nie mehr als eine Zeile im Speicher, auch wenn die Dateien groß sind."),
    ("Was ist der Unterschied zwischen Liste und Tupel?",
     "Listen lassen sich ändern, Tupel nicht. Wer etwas als Schlüssel in einem Wörterbuch braucht, "
     "nimmt ein Tupel, denn Schlüssel dürfen sich nicht ändern, solange sie gebraucht werden."),
    ("Fehler abfangen und sauber aufräumen",
     "Ein Fehler, der in einem Versuch auftritt, wird von dem ersten passenden Zweig gefangen. Was "
     "danach immer geschehen soll, zum Beispiel das Schließen von Dateien, steht im letzten."),
    ("Wann lohnt sich ein Wörterbuch?",
     "Wörterbücher finden einen Wert über seinen Schlüssel, gleich wie viele Einträge sie haben. "
     "Für Fragen nach der Reihenfolge oder nach Nachbarn sind sie dagegen nicht gemacht."),
    ("Wie zählt man Wörter in einem Text?",
     "Der Text wird in Wörter zerlegt, und ein Zähler merkt sich, wie oft jedes vorkommt. Die "
     "häufigsten Wörter sagen wenig, weil sie in fast allen Texten stehen."),
    ("Daten dauerhaft in einer Datenbank ablegen",
     "Eine kleine Datenbank in einer einzigen Datei reicht für viele Anwendungen. Änderungen "
     "gelten erst, wenn sie bestätigt sind; bis dahin lassen sie sich ohne Folgen zurücknehmen."),
    ("Warum laufen Fäden nicht immer schneller?",
     "Mehrere Fäden teilen sich den Rechner. Wenn alle rechnen, wartet einer auf den anderen; wenn "
     "sie auf das Netz oder auf die Platte warten, kommen sie gut nebeneinander voran."),
    ("Verträge zwischen Funktionen aufschreiben",
     "Eine Funktion verspricht etwas über ihr Ergebnis und verlangt etwas von ihren Werten. Werden "
     "solche Verträge aufgeschrieben, findet man den Schuldigen, sobald einer gebrochen wird."),
    ("Wie vergleicht man zwei Ordner miteinander?",
     "Man geht durch beide Ordner zugleich und merkt sich, welche Namen nur auf einer Seite "
     "stehen. Bei gleichen Namen entscheidet der Inhalt und nicht das Datum."),
    ("Zufallszahlen, die sich wiederholen lassen",
     "Mit demselben Anfangswert kommt immer dieselbe Folge von Zahlen heraus. Das ist gut für "
     "Prüfungen und schlecht für Geheimnisse, für die es eigene Quellen des Zufalls gibt."),
    ("Uhrzeiten in verschiedenen Ländern",
     "Eine Uhrzeit ohne Zone ist nur die halbe Wahrheit. Man speichert sie am besten in Weltzeit "
     "und rechnet sie erst für die Anzeige in die Zone der Leserin um."),
    ("Wie spricht ein Programm mit dem Netz?",
     "Über eine Verbindung gehen Bytes hin und her, und sie kommen nicht immer in einem Stück an. "
     "Darum liest man so lange weiter, bis alles da ist oder die Geduld zu Ende geht."),
    ("Texte suchen mit einem Muster",
     "Ein Muster beschreibt, welche Zeichen aufeinander folgen dürfen. Gierige Muster nehmen so "
     "viel wie möglich, sparsame so wenig wie nötig, und beide finden oft etwas anderes."),
    ("Wie misst man die Dauer einer Rechnung?",
     "Man nimmt eine Uhr, die niemals rückwärts geht, und misst mehrmals. Die kürzeste Zeit sagt "
     "am meisten, weil alles andere durch fremde Arbeit auf dem Rechner länger geworden ist."),
    ("Große Zahlen ohne Verlust addieren",
     "Kommazahlen haben nur begrenzt viele Stellen, und beim Addieren von vielen kleinen zu einer "
     "großen gehen sie verloren. Wer sie sortiert oder die Reste sammelt, verliert weniger."),
    ("Was gehört in ein Protokoll?",
     "Ein Protokoll hält fest, was wann geschehen ist und warum. Passwörter und Schlüssel gehören "
     "nicht hinein, denn Protokolle werden oft von mehr Menschen gelesen, als man glaubt."),
    ("Pakete packen und wieder entpacken",
     "Beim Packen werden Wiederholungen durch Verweise ersetzt. Beim Entpacken ist auf die Namen "
     "zu achten: Ein fremdes Paket darf keine Dateien außerhalb seines Ordners schreiben."),
    ("Wie prüft man ein Programm von selbst?",
     "Jede Prüfung sagt, was herauskommen soll, und vergleicht es mit dem, was herauskommt. Gute "
     "Prüfungen sind schnell, hängen nicht voneinander ab und sagen, was nicht stimmt."),
    ("Einstellungen aus der Umgebung lesen",
     "Was von Rechner zu Rechner verschieden ist, steht in der Umgebung und nicht im Programm. "
     "Fehlt eine Einstellung, so ist ein deutlicher Satz besser als ein geratener Wert."),
    ("Warum gibt es so viele Zeichensätze?",
     "Früher hatte jedes Land seine eigene Tabelle für Buchstaben. Heute gibt es eine für "
     "alle, aber in alten Dateien stehen noch Umlaute, die nur die richtige Tabelle lesbar macht."),
)  # fmt: skip


def with_german(others: Sequence[Document]) -> tuple[Document, ...]:
    """These, which are in English, and German ones among them; each says its language."""
    mixed: list[Document] = []
    german = iter(_documents())
    for at, document in enumerate(others):
        if at % EVERY == 0 and (one := next(german, None)) is not None:
            mixed.append(one)
        mixed.append(document._replace(language="en"))
    return tuple(mixed)


def _documents() -> list[Document]:
    return [
        Document(
            title=f"deutsch.{number:02}",
            summary=summary,
            text=text,
            kind="guide",
            module="deutsch",
            file="",
            lines=(0, 0),
            arguments=(),
            language=LANGUAGE,
        )
        for number, (summary, text) in enumerate(_TEXTS, 1)
    ]
