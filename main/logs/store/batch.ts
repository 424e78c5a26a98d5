import type { Bookmark } from './bookmark.ts'
import type { StoredRecord } from './record.ts'

/** A record before the store assigns its sequence number. */
export type NewRecord = Omit<StoredRecord, 'seq'>

/** Records of one container's stream, with the bookmark after the last of them. */
export interface Batch {
  readonly stream: string
  readonly records: readonly NewRecord[]
  readonly bookmark: Bookmark
}
