"""Writes the reader as an ONNX graph, its weights in 8 bits.

The graph is built by hand: it takes one window without padding, so it needs no mask, and one
window's scores never depend on what else is read. Matrices are stored in 8 bits with a scale for
each block of a column (`MatMulNBits`; inputs are quantised in the same blocks as they pass), the
word table in 8 bits with a scale for each row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.network import HEADS, HIDDEN, LAYERS

MS = "com.microsoft"


@dataclass
class Graph:
    """Nodes and weights as they are added."""

    block: int
    method: str
    keep: frozenset[str]
    smooth: dict[str, NDArray] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **settings) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **settings)
        )
        return output

    def store(self, name: str, value: NDArray) -> str:
        """Add a weight and return its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def multiply(self, source: str, name: str, weight: NDArray, bias: NDArray) -> str:
        """`source @ weight.T + bias` for a weight of shape (outputs, inputs)."""
        shift = self.store(f"{name}.bias", bias.astype(np.float32))
        if name in self.smooth:
            factor = self.smooth[name].astype(np.float32)
            source = self._divide(source, factor)
            weight = weight * factor
        if self.method == "float" or name in self.keep:
            matrix = self.store(f"{name}.weight", weight.T.astype(np.float32))
            product = self.add("MatMul", [source, matrix], f"{name}.product")
        elif self.method == "blocks":
            product = self._multiply_blocks(source, name, weight)
        else:
            product = self._multiply_dynamic(source, name, weight)
        return self.add("Add", [product, shift], f"{name}.out")

    def _divide(self, source: str, factor: NDArray) -> str:
        """`source / factor`, once for all matrices that take the same quotient."""
        name = f"{source}.even"
        if all(node.name != name for node in self.nodes):
            self.add("Mul", [source, self.store(f"{name}.factor", 1 / factor)], name)
        return name

    def _multiply_blocks(self, source: str, name: str, weight: NDArray) -> str:
        outputs, inputs = weight.shape
        blocks = weight.reshape(outputs, inputs // self.block, self.block)
        scale = np.maximum(np.abs(blocks).max(2), 1e-8) / 127
        quantised = np.clip(np.rint(blocks / scale[..., None]), -127, 127) + 128
        return self.add(
            "MatMulNBits",
            [
                source,
                self.store(f"{name}.weight", quantised.astype(np.uint8)),
                self.store(f"{name}.scale", scale.astype(np.float32)),
            ],
            f"{name}.product",
            MS,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=self.block,
            accuracy_level=4,
        )

    def _multiply_dynamic(self, source: str, name: str, weight: NDArray) -> str:
        scale = np.maximum(np.abs(weight).max(1), 1e-8) / 127
        quantised = np.clip(np.rint(weight / scale[:, None]), -127, 127).astype(np.int8)
        return self.add(
            "DynamicQuantizeMatMul",
            [
                source,
                self.store(f"{name}.weight", quantised.T),
                self.store(f"{name}.scale", scale.astype(np.float32)),
                self.store(f"{name}.zero", np.zeros(len(scale), np.int8)),
            ],
            f"{name}.product",
            MS,
        )

    def look_up(self, ids: str, name: str, table: NDArray) -> str:
        """Rows of a table that is stored in 8 bits with a scale for each row."""
        if self.method == "float":
            return self.add(
                "Gather", [self.store(name, table.astype(np.float32)), ids], f"{name}.row"
            )
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
        rows = self.store(name, np.clip(np.rint(table / scale), -127, 127).astype(np.int8))
        row = self.add("Gather", [rows, ids], f"{name}.row8")
        row = self.add("Cast", [row], f"{name}.row32", to=TensorProto.FLOAT)
        factor = self.add(
            "Gather", [self.store(f"{name}.scale", scale.astype(np.float32)), ids], f"{name}.factor"
        )
        return self.add("Mul", [row, factor], f"{name}.row")


def build_graph(
    weights: dict[str, NDArray],
    *,
    method: str = "blocks",
    block: int = 128,
    gelu: str = "Gelu",
    keep: frozenset[str] = frozenset(),
    smooth: dict[str, NDArray] | None = None,
) -> onnx.ModelProto:
    """The whole model.

    Args:
        weights: the network's state, as arrays.
        method: "blocks" (MatMulNBits), "dynamic" (DynamicQuantizeMatMul) or "float".
        block: columns that share a scale, in "blocks".
        gelu: the activation's operator.
        keep: names of matrices left in 32 bits.
        smooth: by matrix, factors that move the spread of its inputs' columns into its weights
            (SmoothQuant, Xiao et al., 2023), shape (inputs,).

    Returns:
        A graph with inputs `ids` and `shapes` of shape (1, pieces) and output `scores` of shape
        (1, pieces, HEAD_WIDTH).
    """
    g = Graph(block, method, keep, smooth or {})
    words = g.look_up("ids", "words", weights["words.weight"])
    shapes = g.add("Gather", [g.store("shapes.table", weights["shapes.weight"]), "shapes"], "shape")
    size = g.add("Shape", ["ids"], "size", start=1, end=2)
    zero = g.store("zero", np.array([0], np.int64))
    places = g.store("places.table", weights["places.weight"][:256])
    places = g.add("Slice", [places, zero, size], "places")
    x = g.add("Add", [words, shapes], "embedded")
    x = g.add("Add", [x, places], "placed")
    x = _normalise(g, x, "norm", weights)
    for n in range(LAYERS):
        x = _add_layer(g, x, f"layers.{n}", weights, gelu)
    g.multiply(x, "heads", weights["heads.weight"], weights["heads.bias"])
    g.add("Identity", ["heads.out"], "scores")
    graph = helper.make_graph(
        g.nodes,
        "reader",
        [
            helper.make_tensor_value_info(name, TensorProto.INT32, [1, "pieces"])
            for name in ("ids", "shapes")
        ],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "pieces", None])],
        g.weights,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="On Record")


def _normalise(g: Graph, x: str, name: str, weights: dict[str, NDArray]) -> str:
    scale = g.store(f"{name}.weight", weights[f"{name}.weight"])
    shift = g.store(f"{name}.bias", weights[f"{name}.bias"])
    return g.add("LayerNormalization", [x, scale, shift], f"{name}.out", epsilon=1e-12, axis=-1)


def _add_layer(g: Graph, x: str, name: str, weights: dict[str, NDArray], gelu: str) -> str:
    parts = []
    for n, part in enumerate(("query", "key", "value")):
        rows = slice(n * HIDDEN, (n + 1) * HIDDEN)
        weight, bias = weights[f"{name}.qkv.weight"][rows], weights[f"{name}.qkv.bias"][rows]
        parts.append(g.multiply(x, f"{name}.{part}", weight, bias))
    mixed = g.add("MultiHeadAttention", parts, f"{name}.mixed", MS, num_heads=HEADS)
    mixed = g.multiply(
        mixed, f"{name}.out", weights[f"{name}.out.weight"], weights[f"{name}.out.bias"]
    )
    x = g.add("Add", [x, mixed], f"{name}.sum1")
    x = _normalise(g, x, f"{name}.norm1", weights)
    inner = g.multiply(x, f"{name}.up", weights[f"{name}.up.weight"], weights[f"{name}.up.bias"])
    inner = g.add(gelu, [inner], f"{name}.gelu", MS)
    inner = g.multiply(
        inner, f"{name}.down", weights[f"{name}.down.weight"], weights[f"{name}.down.bias"]
    )
    x = g.add("Add", [x, inner], f"{name}.sum2")
    return _normalise(g, x, f"{name}.norm2", weights)
