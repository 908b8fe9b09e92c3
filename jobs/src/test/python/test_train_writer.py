"""The script behind `make train-writer`."""

from pathlib import Path

import torch
import train_writer
import writer_model
from train_writer import Example
from writer_model import Decoder, OnnxDecoder, Shape

TEXTS = ["The sea was calm today.", "We ran to the harbour, and it's quiet.", "今天的海很平静。"]
SHAPE = Shape(vocabulary=300, width=16, layers=2, heads=2, inner=24, positions=64)


def written(folder: Path) -> tuple[Decoder, OnnxDecoder, list[Example]]:
    tokens = writer_model.learn_tokens(TEXTS, SHAPE.vocabulary)
    torch.manual_seed(1)
    decoder = Decoder(SHAPE)
    writer_model.write(decoder, tokens, SHAPE, folder)
    rows = [{"task": "teaser", "text": text, "line": text} for text in TEXTS]
    return decoder, OnnxDecoder(folder), train_writer.encoded(rows, tokens, SHAPE.positions)


def test_written_model_says_what_the_trained_one_says(tmp_path: Path) -> None:
    decoder, onnx, examples = written(tmp_path)
    for example in examples:
        ids = torch.tensor([example.ids])
        expected = decoder(ids, torch.ones_like(ids), torch.arange(ids.shape[1])[None])[0]
        found = torch.from_numpy(onnx.logits(example.ids))
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_padding_changes_no_loss(tmp_path: Path) -> None:
    decoder, _, examples = written(tmp_path)
    short, long = sorted(examples, key=lambda e: len(e.ids))[::2]
    weight = {id(e): len(e.prompt) * train_writer.POST_WEIGHT + len(e.line) for e in (short, long)}
    # The first token is given.
    weight = {key: value - train_writer.POST_WEIGHT for key, value in weight.items()}
    alone = sum(train_writer.loss(decoder, [e]).item() * weight[id(e)] for e in (short, long))
    together = train_writer.loss(decoder, [short, long]).item()
    assert abs(together - alone / sum(weight.values())) < 1e-4


def test_tokens_stand_in_their_order_and_come_back(tmp_path: Path) -> None:
    written(tmp_path)
    lines = (tmp_path / writer_model.VOCABULARY).read_text().split("\n")[:-1]
    tokens = writer_model.learn_tokens(TEXTS, SHAPE.vocabulary)
    assert [tokens.token_to_id(line) for line in lines] == list(range(len(lines)))
    for text in TEXTS:
        assert tokens.decode(tokens.encode(text).ids) == text
