/**
 * How far a stream, or a spool, is stored. It is written in one transaction with the records up to there: a crash, or the
 * loss of power, keeps both or neither.
 */
export interface Mark {
  readonly name: string
  readonly value: string
}

/** `seq` is the last record's: it orders the marks of one name in several partitions. */
export interface StoredMark extends Mark {
  readonly seq: number
}

/** The last mark of each name. */
export function lastMarks(marks: Iterable<StoredMark>): Map<string, StoredMark> {
  const last = new Map<string, StoredMark>()
  for (const mark of marks) if (mark.seq >= (last.get(mark.name)?.seq ?? -1)) last.set(mark.name, mark)
  return last
}
