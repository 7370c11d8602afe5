"""Ordinary sentences written for these tests, by language, and honest uses of characters that are not seen."""

BY_LANGUAGE = {
    "en": [
        "The train to the coast leaves at nine and stops twice.",
        "Please return the book before the end of the month.",
        "She planted three apple trees behind the old house.",
    ],
    "de": [
        "Der Zug an die Küste fährt um neun Uhr ab und hält zweimal.",
        "Bitte geben Sie das Buch bis zum Monatsende zurück.",
        "Sie hat hinter dem alten Haus drei Apfelbäume gepflanzt.",
    ],
    "fr": [
        "Le train pour la côte part à neuf heures et s'arrête deux fois.",
        "Veuillez rendre le livre avant la fin du mois.",
        "Elle a planté trois pommiers derrière la vieille maison.",
    ],
    "es": [
        "El tren a la costa sale a las nueve y se detiene dos veces.",
        "Por favor, devuelva el libro antes de que termine el mes.",
        "Ella plantó tres manzanos detrás de la casa vieja.",
    ],
    "it": [
        "Il treno per la costa parte alle nove e si ferma due volte.",
        "La preghiamo di restituire il libro entro la fine del mese.",
        "Ha piantato tre meli dietro la vecchia casa della nonna.",
    ],
    "pt": [
        "O trem para o litoral parte às nove horas e para duas vezes.",
        "Por favor, devolva o livro antes do fim do mês.",
        "Ela plantou três macieiras atrás da casa velha.",
    ],
    "nl": [
        "De trein naar de kust vertrekt om negen uur en stopt twee keer.",
        "Breng het boek alstublieft voor het einde van de maand terug.",
        "Ze heeft drie appelbomen achter het oude huis geplant.",
    ],
    "pl": [
        "Pociąg nad morze odjeżdża o dziewiątej i zatrzymuje się dwa razy.",
        "Proszę zwrócić książkę przed końcem miesiąca.",
        "Posadziła trzy jabłonie za starym domem.",
    ],
    "sv": [
        "Tåget till kusten går klockan nio och stannar två gånger.",
        "Lämna tillbaka boken före månadens slut, tack.",
        "Hon planterade tre äppelträd bakom det gamla huset.",
    ],
    "cs": [
        "Vlak k moři odjíždí v devět hodin a dvakrát zastavuje.",
        "Vraťte prosím knihu do konce měsíce.",
        "Za starým domem zasadila tři jabloně.",
    ],
    "ru": [
        "Поезд к морю отправляется в девять часов и делает две остановки.",
        "Пожалуйста, верните книгу до конца месяца.",
        "Она посадила три яблони за старым домом.",
    ],
    "el": [
        "Το τρένο για την ακτή φεύγει στις εννέα και σταματά δύο φορές.",
        "Παρακαλώ επιστρέψτε το βιβλίο πριν από το τέλος του μήνα.",
        "Φύτεψε τρεις μηλιές πίσω από το παλιό σπίτι.",
    ],
    "ar": [
        "يغادر القطار إلى الساحل في الساعة التاسعة ويتوقف مرتين.",
        "يرجى إعادة الكتاب قبل نهاية الشهر.",
        "زرعت ثلاث أشجار تفاح خلف المنزل القديم.",
    ],
    "he": [
        "הרכבת לחוף יוצאת בתשע ועוצרת פעמיים.",
        "נא להחזיר את הספר לפני סוף החודש.",
        "היא שתלה שלושה עצי תפוח מאחורי הבית הישן.",
    ],
    "tr": [
        "Sahile giden tren saat dokuzda kalkıyor ve iki kez duruyor.",
        "Lütfen kitabı ay sonundan önce geri getirin.",
        "Eski evin arkasına üç elma ağacı dikti.",
    ],
    "ja": [
        "海岸行きの電車は九時に出発して二回止まります。",
        "月末までに本を返してください。",
        "彼女は古い家の裏にりんごの木を三本植えました。",
    ],
    "zh": ["开往海边的火车九点出发，中途停两次。", "请在月底之前把书还回来。", "她在老房子后面种了三棵苹果树。"],
    "ko": [
        "해안으로 가는 기차는 아홉 시에 출발하고 두 번 멈춥니다.",
        "이달 말까지 책을 반납해 주세요.",
        "그녀는 오래된 집 뒤에 사과나무 세 그루를 심었습니다.",
    ],
    "hi": [
        "तट की ओर जाने वाली ट्रेन नौ बजे चलती है और दो बार रुकती है।",
        "कृपया महीने के अंत से पहले किताब लौटा दें।",
        "उसने पुराने घर के पीछे सेब के तीन पेड़ लगाए।",
    ],
}

HONEST = [
    "کتاب‌ها را می‌خواهم و خانه‌ی ما این‌جاست",  # Persian with non-joiners
    "क्‍ष और र्‍य में जोड़क होते हैं",  # Hindi with joiners
    "ภาษา\u200bไทย\u200bไม่\u200bเว้น\u200bวรรค",  # Thai with zero-width spaces
    "👩‍👩‍👧‍👦 and 🏳️‍🌈 and 👩🏽‍🚀 and ❤️‍🔥 and 1️⃣ and ☎️ went out",  # joined emoji, a key cap
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f is a flag",  # Scotland, by tag characters
    "המחיר (USD)\u200f הוא 20\u200e",  # direction marks in Hebrew
    "\u2067עברית\u2069 beside English, closed",  # a closed isolate
    "葛\U000e0100飾区",  # an ideograph's variant
    "The resistance is 4 kΩ, the gap 3 μm, and Δt is small; see α-helix",  # units and symbols
    "Straße, café, naïve, ÉCOLE «GÉANTE», Ångström, São Paulo, Ñandú, Čapek",
    "Donau\u00addampf\u00adschiff",  # soft hyphens
    "\ufeffA text that begins with a byte order mark",
]
