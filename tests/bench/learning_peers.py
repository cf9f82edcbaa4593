"""Peers that learn online, over the same cases in the same order: `river`. Reads cases as JSON lines, prints a JSON line a peer.

    python learning_peers.py < cases

A case: {"received": seconds, "done": seconds, "keys": […], "said": …, "meant": …}. A label is known once it is done.
"""

from __future__ import annotations

import json
import sys
import time


def features(case):
    said = case["said"]
    found = {f"said={said}": 1.0, **{f"{key}&{said}": 1.0 for key in case["keys"]}}
    return found | dict.fromkeys(case["keys"], 1.0)


def prequential(model, cases):
    """Right guesses and seconds of processor time. A case of which nothing is known yet is as the built-in brain says."""
    waiting = sorted(range(len(cases)), key=lambda i: cases[i]["done"])
    right = learnt = 0
    guesses = []
    began = time.process_time()
    for case in cases:
        while learnt < len(waiting) and cases[waiting[learnt]]["done"] <= case["received"]:
            done = cases[waiting[learnt]]
            model.learn_one(features(done), done["meant"])
            learnt += 1
        guess = model.predict_one(features(case)) or case["said"]
        guesses.append(guess)
        right += guess == case["meant"]
    return right, time.process_time() - began, guesses


def main():
    from river import linear_model, naive_bayes, optim

    people = [json.loads(line) for line in sys.stdin]
    peers = {
        "river softmax regression": lambda: linear_model.SoftmaxRegression(optimizer=optim.SGD(0.5)),
        "river naive Bayes": lambda: naive_bayes.MultinomialNB(alpha=0.1),
    }
    for name, make in peers.items():
        done = [prequential(make(), cases) for cases in people]
        print(json.dumps({"name": name, "right": [d[0] for d in done], "seconds": sum(d[1] for d in done)}))


if __name__ == "__main__":
    main()
