from __future__ import annotations

from itertools import combinations
from time import process_time

import pytest

from qdrant_model_migration.survey.languages import NAMES, WORD_LISTS, language, shares

# The same sentence about the end of a lease, in every language that has a word list.
WRITTEN = {
    "ar": "يجوز للمستأجر إنهاء عقد الإيجار بإشعار مدته ثلاثة أشهر من بداية الشهر التالي.",
    "da": "Lejeren kan opsige lejemålet med tre måneders varsel, og det skal ske skriftligt mellem "
    "parterne. Hvad betyder det for udlejeren?",
    "nl": "De huurder kan het contract met een opzegtermijn van drie maanden beëindigen, maar dit "
    "moet schriftelijk gebeuren.",
    "en": "The tenant may end the lease with three months of notice, and this has to be in "
    "writing.",
    "fi": "Vuokralainen voi irtisanoa sopimuksen kolmen kuukauden kuluttua, mutta se on tehtävä "
    "kirjallisesti ja ajoissa.",
    "fr": "Le locataire peut mettre fin au bail avec un préavis de trois mois, mais il doit le "
    "faire par écrit.",
    "de": "Der Mieter kann das Mietverhältnis mit einer Frist von drei Monaten kündigen, und dies "
    "muss schriftlich geschehen.",
    "el": "Ο μισθωτής μπορεί να καταγγείλει τη σύμβαση με προθεσμία τριών μηνών.",
    "hu": "A bérlő három hónapos felmondási idővel felmondhatja a szerződést, de ezt írásban kell "
    "megtenni és nem szóban.",
    "it": "Il conduttore può recedere dal contratto con un preavviso di tre mesi, ma la "
    "comunicazione deve essere fatta per iscritto.",
    "no": "Leietakeren kan si opp leieavtalen med tre måneders varsel, og det må skje skriftlig "
    "mellom partene. Hva betyr det for utleieren?",
    "pt": "O inquilino pode rescindir o contrato com um aviso prévio de três meses, mas isso deve "
    "ser feito por escrito e não oralmente.",
    "ro": "Chiriașul poate rezilia contractul cu un preaviz de trei luni, dar acest lucru se face "
    "în scris și nu verbal.",
    "ru": "Арендатор может расторгнуть договор с уведомлением за три месяца.",
    "es": "El inquilino puede rescindir el contrato con un aviso previo de tres meses, pero debe "
    "hacerlo por escrito.",
    "sv": "Hyresgästen kan säga upp avtalet med tre månaders varsel, och det ska ske skriftligt "
    "mellan parterna. Vad betyder det för hyresvärden?",
    "ta": "குத்தகைதாரர் மூன்று மாத அறிவிப்புடன் ஒப்பந்தத்தை முடிக்கலாம்.",
    "tr": "Kiracı sözleşmeyi üç ay önceden bildirerek sona erdirebilir ve bu yazılı olarak "
    "yapılır, sözlü değil.",
}


def test_each_language_with_a_word_list_is_tried_here():
    assert set(WRITTEN) == set(WORD_LISTS) <= set(NAMES)


@pytest.mark.parametrize("code", WRITTEN)
def test_a_sentence_is_told_by_its_function_words_or_its_script(code):
    assert language(WRITTEN[code]) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("zh", "承租人可以提前三个月通知终止租赁合同。"),
        ("ja", "賃借人は三か月前に通知して契約を終了することができます。"),
        ("ko", "임차인은 3개월 전에 통지하고 계약을 종료할 수 있습니다."),
        ("th", "ผู้เช่าอาจบอกเลิกสัญญาได้โดยแจ้งล่วงหน้าสามเดือน"),
        ("he", "השוכר רשאי לסיים את החוזה בהודעה של שלושה חודשים"),
        ("hi", "किरायेदार तीन महीने का नोटिस देकर अनुबंध समाप्त कर सकता है"),
        ("ja", "Python 3.12 をインストールする方法"),
    ],
)
def test_scripts_that_word_lists_do_not_know_are_told(code, text):
    assert language(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Орендар може розірвати договір, повідомивши про це за три місяці.",
        "مستاجر می‌تواند قرارداد را با سه ماه اطلاع قبلی فسخ کند",
        "Penyewa dapat mengakhiri perjanjian sewa dengan pemberitahuan tiga bulan sebelumnya.",
        "Nuomininkas gali nutraukti sutartį įspėjęs prieš tris mėnesius raštu.",
    ],
)
def test_a_language_that_is_not_known_is_other_and_not_its_neighbour(text):
    assert language(text) == "other"


@pytest.mark.parametrize("text", ["", "   ", "AB-1234-X 99 mm", "12,500.00", "Widget Pro Max"])
def test_names_and_part_numbers_have_no_language(text):
    assert language(text) is None
    assert shares([text]) == {}


def test_shares_are_of_the_texts_that_tell_theirs_largest_first():
    english = [
        f"The {i} of March is the day on which the lease of the tenant has to end."
        for i in range(6)
    ]
    german = [
        f"Der {i}. März ist der Tag, an dem das Mietverhältnis mit dem Mieter endet."
        for i in range(2)
    ]
    found = shares([*german, "AB-1234-X", *english])
    assert found == {"en": 0.75, "de": 0.25}
    assert list(found) == ["en", "de"]


def test_a_text_that_many_points_repeat_counts_once():
    assert shares([WRITTEN["de"]] * 500 + [WRITTEN["en"]]) == {"de": 0.5, "en": 0.5}


@pytest.mark.parametrize(("one", "other"), list(combinations(["da", "no", "sv"], 2)))
def test_scandinavian_languages_are_not_mixed_up(one, other):
    assert shares([WRITTEN[one], WRITTEN[other]]) == {one: 0.5, other: 0.5}


def test_two_thousand_texts_are_read_in_well_under_a_second():
    texts = [f"{i} {' '.join(4 * [text])}" for i in range(112) for text in WRITTEN.values()]
    assert len(texts) > 2_000
    began = process_time()
    found = shares(texts)
    assert process_time() - began < 1
    assert len(found) == len(WRITTEN)
