"""The pages that were written for this site: a guide in French, and some notes that only members may read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page written for this site.

    ``text`` is plain text as in a docstring; ``original`` is the name of the English page that it translates.
    """

    title: str
    introduction: str
    text: str = ""
    original: str = ""


HOME = OwnPage("Library of Python", "Python's manual and standard library. Ask in your own words.")
FRENCH_HOME = OwnPage(
    "Bibliothèque de Python",
    "Quelques pages en français pour commencer. La documentation complète est en anglais.",
    original=HOME.title,
)
FRENCH_SECTION = OwnPage("Premiers pas", "Les gestes de tous les jours, expliqués simplement.", original="The language")

FRENCH_PAGES = (
    OwnPage(
        "L'instruction for",
        "Faire la même chose pour chaque élément d'une suite.",
        """
Parcourir une liste
-------------------

La boucle ``for`` prend un à un les éléments d'une suite, que ce soit une liste, un texte ou les lignes d'un fichier.
À chaque tour, l'élément reçoit un nom et le bloc indenté est exécuté.

    for prénom in ["Ada", "Grace", "Alan"]:
        print("Bonjour", prénom)

Compter
-------

Pour répéter une action un nombre connu de fois, on parcourt ``range`` : ``range(10)`` donne les nombres de zéro à
neuf. Quand on a besoin de la position et de la valeur en même temps, ``enumerate`` fournit les deux.
""",
        'The "for" statement',
    ),
    OwnPage(
        "L'instruction break",
        "Sortir d'une boucle avant la fin.",
        """
Dès que le programme rencontre ``break``, la boucle la plus proche s'arrête, et le programme continue juste après
elle. C'est utile pour une recherche : une fois l'objet trouvé, il est inutile de regarder les suivants.

    for livre in livres:
        if livre.titre == "Germinal":
            break

Une clause ``else`` placée après la boucle n'est exécutée que si aucun ``break`` n'a interrompu le parcours.
""",
        'The "break" statement',
    ),
    OwnPage(
        "L'instruction if",
        "Choisir ce que fait le programme selon une condition.",
        """
Avec ``if``, un bloc n'est exécuté que si la condition est vraie. On ajoute d'autres cas avec ``elif``, et tout ce
qui reste avec ``else``. Une seule des branches est suivie.

    if température < 0:
        print("Il gèle")
    elif température < 20:
        print("Il fait frais")
    else:
        print("Il fait bon")

Ce qui compte comme faux
------------------------

Une liste vide, un texte vide, le nombre zéro et ``None`` sont considérés comme faux. Tout le reste est vrai.
""",
        'The "if" statement',
    ),
    OwnPage(
        "L'instruction try",
        "Réagir à une erreur au lieu de s'arrêter.",
        """
Le code qui risque d'échouer se place dans un bloc ``try``. Si une erreur survient, le programme saute dans la clause
``except`` qui lui correspond, puis continue normalement.

    try:
        âge = int(réponse)
    except ValueError:
        print("Merci d'écrire un nombre")

Ranger derrière soi
-------------------

Ce qui est écrit sous ``finally`` est exécuté dans tous les cas, qu'il y ait eu une erreur ou non. On y ferme un
fichier, on y rend une connexion.
""",
        'The "try" statement',
    ),
    OwnPage(
        "Définir une fonction",
        "Donner un nom à une suite d'instructions pour s'en resservir.",
        """
Le mot ``def`` crée une fonction. Entre parenthèses viennent les paramètres ; ``return`` rend le résultat à celui qui
a appelé la fonction. Un paramètre peut avoir une valeur par défaut, que l'on n'a alors pas besoin de préciser.

    def prix_ttc(prix, taux=0.2):
        return prix * (1 + taux)

Une bonne fonction ne fait qu'une chose, et son nom dit laquelle.
""",
        "Function definitions",
    ),
    OwnPage(
        "Copier un objet",
        "La différence entre deux noms et deux objets.",
        """
Écrire ``b = a`` ne copie rien : les deux noms désignent le même objet, et une modification faite par l'un se voit par
l'autre. Le module ``copy`` fabrique un nouvel objet.

Copie superficielle ou profonde
-------------------------------

``copy.copy`` duplique seulement le premier niveau ; les listes contenues dans la liste restent partagées. Avec
``copy.deepcopy``, tout ce qui est imbriqué est dupliqué aussi, et plus rien n'est en commun.
""",
        "copy",
    ),
    OwnPage(
        "Lire et écrire un fichier",
        "Ouvrir, lire ligne à ligne, enregistrer.",
        """
``open`` ouvre un fichier ; il vaut mieux l'écrire dans un bloc ``with``, qui le referme même en cas d'erreur. On lit
les lignes en parcourant le fichier avec une boucle.

    with open("journal.txt", encoding="utf-8") as fichier:
        for ligne in fichier:
            print(ligne.strip())

Pour écrire, on ajoute le mode ``"w"``, qui efface l'ancien contenu, ou ``"a"``, qui ajoute à la fin.
""",
    ),
    OwnPage(
        "Listes et dictionnaires",
        "Les deux façons les plus courantes de ranger des valeurs.",
        """
Les listes
----------

Une liste garde des valeurs dans l'ordre. On y ajoute un élément avec ``append``, on la trie avec ``sort``, et on
prend le premier élément avec l'indice zéro.

Les dictionnaires
-----------------

Un dictionnaire associe une valeur à une clé, comme un annuaire associe un numéro à un nom. Retrouver une valeur par sa
clé est très rapide, même s'il y en a des millions.
""",
    ),
)

PRIVATE_SECTION = OwnPage("Editors' room", "Notes for those who look after this site; log in to read them.")

PRIVATE_PAGES = (
    OwnPage(
        "How we write a page",
        "House style for new articles.",
        """
Start with the question a reader arrives with, and answer it in the first two sentences. Everything else comes after.

Headings
--------

A heading says what stands below it, in the reader's words. Search results link to the nearest heading, so a page with
good headings is found at the right place.

Examples
--------

Keep an example shorter than ten lines. If it needs an explanation longer than itself, choose another one.
""",
    ),
    OwnPage(
        "Who is on call",
        "Rota for weekends and holidays.",
        """
The telephone passes on to the next colleague every Friday at noon. The colleague who carries it answers readers within
a day, restarts what has stopped, and writes down what happened in the blue notebook on the shelf.

Swapping a weekend
------------------

Agree with a colleague, then change both names in the calendar. No colleague carries the telephone three weeks in a row.
""",
    ),
    OwnPage(
        "Plans for next spring",
        "Not announced yet.",
        """
We want to add recipes: short pages that solve one everyday task from beginning to end, with the modules they use
linked beside them. The first twelve are chosen from the questions readers asked most during winter.
""",
    ),
)
