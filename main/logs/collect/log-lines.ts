import { lineParts } from '../../lib/kubernetes/lines.ts'
import { maxCharacters, type StreamLine } from '../parse/join.ts'
import { readStreamLine } from './stream-line.ts'

/** A line as it was read; `cut`: the stream ended before the line did. */
export type ReadLine = StreamLine & { readonly cut?: true }

/**
 * The kubelet has sent 200 before it opens the file: a failure comes as a last text, without the time that every line has.
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/pkg/kubelet/kubelet_pods.go (GetKubeletContainerLogs)
 */
export class LogUnreadable extends Error {}

/**
 * The lines of a log. What has no time of the node is left out; the parts of a long line have the time of their line.
 * Throws LogUnreadable.
 */
export async function* logLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadLine> {
  let line: StreamLine | undefined
  let continued = false
  for await (const { text, more, cut } of lineParts(body, maxCharacters)) {
    line = continued ? line && { ns: line.ns, text, continued } : readStreamLine(text)
    if (line === undefined && cut && !continued && !isStampStart(text)) throw new LogUnreadable(text)
    if (line !== undefined) yield cut ? { ...line, cut } : line
    continued = more
  }
}

/** A time that was cut. */
const isStampStart = (text: string): boolean => /^[\d:.TZ+-]{0,35}$/.test(text)
