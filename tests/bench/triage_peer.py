"""The baseline of text classification: TF-IDF of words and pairs of words, logistic regression. With scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from service.domain.items import Message


def text_of(message: Message) -> str:
    return f"{message.subject}\n{message.text}"


def predicted(texts: Sequence[str], labels: Sequence[str], unseen: Sequence[str]) -> list[str]:
    vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=1 if len(texts) < 1000 else 2)
    model = LogisticRegression(C=10, max_iter=2000, class_weight="balanced" if len(texts) < 1000 else None)
    model.fit(vectors.fit_transform(texts), labels)
    return list(model.predict(vectors.transform(unseen)))
