"""How fast FEEL is, beside `feelin` in Node and `cel-python`."""
