import { describe, expect, it } from 'vitest'
import type { Bookmark } from '../store/bookmark.ts'
import { type Course, courseOf, type PreviousLog } from './course.ts'

/** A bookmark in the file "mine", after the log "before". */
const bookmark: Bookmark = { ns: 50n, seen: ['x'], restarts: 0, file: 'mine', previousFile: 'before' }
const first: Bookmark = { ...bookmark, previousFile: '' }
const ofEarlierVersion: Bookmark = { ns: 50n, seen: ['x'], restarts: 0 }

const log = (file: string | undefined, more: Partial<PreviousLog> = {}): PreviousLog => ({
  file,
  lastNs: 40n,
  hasBookmark: false,
  ...more,
})

describe('courseOf, where the last stored line is not in the current log', () => {
  it.each<readonly [string, Bookmark, PreviousLog | undefined, string | undefined, Course]>([
    ['the previous log has it', bookmark, log('mine', { hasBookmark: true }), 'next', 'restarted'],
    ['so it does where that one was rotated', bookmark, log('other', { hasBookmark: true }), 'next', 'restarted'],
    ['the log before is still the previous one', bookmark, log('before'), 'next', 'rotated'],
    ['there is no previous log', first, undefined, 'next', 'rotated'],
    ['the previous log cannot be read', bookmark, undefined, 'next', 'rotated'],
    ['the previous log is empty', bookmark, log(undefined, { lastNs: undefined }), 'next', 'rotated'],
    ['the previous log is unread', bookmark, log('other'), 'next', 'replaced'],
    ['the first instance was replaced', first, log('other'), 'next', 'replaced'],
    ['the unread one is older: a clock was set back', bookmark, log('other', { lastNs: 1n }), 'next', 'replaced'],
    ['its own file does not have it: the answer was interrupted', bookmark, log('before'), 'mine', 'unclear'],
    ['the previous log is its own file', bookmark, log('mine'), 'next', 'unclear'],
    ['an older log, and no record of files', ofEarlierVersion, log('other'), 'next', 'rotated'],
    ['a newer log, and no record of files', ofEarlierVersion, log('other', { lastNs: 60n }), 'next', 'replaced'],
  ])('%s', (_title, at, previous, current, course) => {
    expect(courseOf(at, previous, current)).toBe(course)
  })
})
