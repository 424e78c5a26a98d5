type Move = (index: number, count: number, page: number) => number

/** Where the keys of a list move the selection. */
export const listMoves: Readonly<Record<string, Move>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, _, page) => index + page,
  PageUp: (index, _, page) => index - page,
  Home: () => 0,
  End: (_, count) => count - 1,
}
