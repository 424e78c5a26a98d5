import { z } from 'zod'

/** The last stored line of a container: its time, and the hashes of the stored lines that have this very time. */
export interface Bookmark {
  readonly ns: bigint
  readonly seen: readonly string[]
  /** The restart count of the instance that wrote it, at least: the pod's status may lag. */
  readonly restarts: number
  /** The first line of the log file that has the line, and of the log of the instance before; empty: there was none. */
  readonly file?: string
  readonly previousFile?: string
}

/** A bookmark as JSON. */
export const StoredBookmark = z.object({
  ns: z.string().regex(/^-?\d+$/),
  seen: z.array(z.string()),
  restarts: z.int(),
  file: z.string().optional(),
  previousFile: z.string().optional(),
})

export const toStored = (bookmark: Bookmark): z.infer<typeof StoredBookmark> => ({
  ...bookmark,
  ns: String(bookmark.ns),
  seen: [...bookmark.seen],
})

export const fromStored = ({ ns, ...rest }: z.infer<typeof StoredBookmark>): Bookmark => ({ ...rest, ns: BigInt(ns) })

export const writeBookmark = (bookmark: Bookmark): string => JSON.stringify(toStored(bookmark))

/** Undefined for what is not a bookmark: the container is then read from its start. */
export function readBookmark(text: string): Bookmark | undefined {
  const parsed = StoredBookmark.safeParse(JSON.parse(text))
  return parsed.success ? fromStored(parsed.data) : undefined
}
