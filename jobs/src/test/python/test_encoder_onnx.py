"""From ONNX to PyTorch and back."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime
import pytest
import torch
import torch.nn.functional as F

import encoder_onnx
from encoder_onnx import MODEL, VOCABULARY, InputError, OnnxEncoder
from platform_texts import tiny_encoder

IDS = [[2, 20, 30, 40, 3], [2, 50, 3]]


def hidden(bert: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        row = torch.tensor([ids])
        return bert(row, attention_mask=torch.ones_like(row)).last_hidden_state


@pytest.mark.parametrize("quantize", [False, True])
def test_load_gives_the_vectors_of_the_file(tmp_path: Path, quantize: bool) -> None:
    folder = tiny_encoder(tmp_path / "base", quantize=quantize)
    bert = encoder_onnx.load(folder, 0.1).eval()
    file = OnnxEncoder(folder / MODEL, "mean")
    assert bert.config.num_attention_heads == 2
    for ids in IDS:
        agreement = F.cosine_similarity(
            hidden(bert, ids), torch.from_numpy(file.hidden(ids)), dim=-1
        )
        assert agreement.min() > (0.97 if quantize else 0.99999)


def test_float_export_equals_pytorch_with_and_without_padding(tmp_path: Path) -> None:
    bert = encoder_onnx.load(tiny_encoder(tmp_path / "base"), 0.1).eval()
    encoder_onnx.export(bert, tmp_path / MODEL, quantize=False)
    session = onnxruntime.InferenceSession(str(tmp_path / MODEL))
    padded = {
        "input_ids": [IDS[0], [*IDS[1], 0, 0]],
        "attention_mask": [[1] * 5, [1, 1, 1, 0, 0]],
        "token_type_ids": [[0] * 5] * 2,
    }
    arrays = {name: torch.tensor(rows).numpy() for name, rows in padded.items()}
    found = torch.from_numpy(session.run(["last_hidden_state"], arrays)[0])
    torch.testing.assert_close(found[0], hidden(bert, IDS[0])[0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found[1, :3], hidden(bert, IDS[1])[0], atol=1e-4, rtol=1e-4)


def test_export_is_one_file_for_the_runtime_of_spark_nlp(tmp_path: Path) -> None:
    model = onnx.load(tiny_encoder(tmp_path / "base") / MODEL, load_external_data=False)
    assert model.ir_version <= 10
    assert max(o.version for o in model.opset_import) <= 21
    assert [i.name for i in model.graph.input] == encoder_onnx.INPUTS
    assert not any(i.external_data for i in model.graph.initializer)
    assert {f.name for f in (tmp_path / "base").iterdir()} == {"assets", MODEL}


def test_learned_rounding_is_that_of_the_written_file(tmp_path: Path) -> None:
    bert = encoder_onnx.load(tiny_encoder(tmp_path / "base", quantize=False), 0.1).eval()
    encoder_onnx.learn_rounded(bert)
    expected = hidden(bert, IDS[0])
    encoder_onnx.stay_rounded(bert)
    torch.testing.assert_close(hidden(bert, IDS[0]), expected)
    (tmp_path / "again" / "assets").mkdir(parents=True)
    (tmp_path / "again" / "assets" / "vocab.txt").write_text("")
    encoder_onnx.export(bert, tmp_path / "again" / MODEL, quantize=True)
    again = encoder_onnx.load(tmp_path / "again", 0.1)
    for name, weight in bert.encoder.state_dict().items():
        torch.testing.assert_close(again.encoder.state_dict()[name], weight, atol=1e-6, rtol=1e-5)


def test_model_with_other_names_is_refused(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "base", quantize=False)
    text = (folder / MODEL).read_bytes().replace(b".LayerNorm.", b".LayerMorn.")
    (folder / MODEL).write_bytes(text)
    with pytest.raises(InputError, match="no plain BERT.*LayerNorm"):
        encoder_onnx.load(folder, 0.1)


def test_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "base", quantize=False)
    (folder / MODEL).write_bytes(b"<html>not found</html>")
    with pytest.raises(InputError, match="model.onnx is no ONNX model"):
        encoder_onnx.load(folder, 0.1)


def test_missing_vocabulary_is_named(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "base")
    (folder / VOCABULARY).unlink()
    with pytest.raises(InputError, match="vocab.txt is missing"):
        encoder_onnx.load(folder, 0.1)
