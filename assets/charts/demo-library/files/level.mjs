/** The level that a line names itself; undefined for the further lines of a stack trace. */
export const levelOf = (line) => {
  const [, found] =
    /^\{"time":"[^"]*","level":"([A-Z]+)"/.exec(line) ?? /^time=\S+ level=([A-Z]+) /.exec(line) ?? /^\[[\d\- T:,.]+\] +([A-Z]+) +\{/.exec(line) ?? []
  return found
}
