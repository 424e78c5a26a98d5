/** Consecutive lines of a record: its words, or the frames of a stack. */
export interface StackPart {
  readonly kind: 'text' | 'frames'
  readonly lines: readonly string[]
}

/** Frames of Java, Node and .NET ("at …"), Python ("File …" and the code below it), Go ("\t/path.go:12"), Ballerina. */
const frame = /^\s+(?:at |\.{3} \d+ (?:more|common frames)|File "|\S+\.go:\d+)|^\s{4,}\S/
/** A function of a Go stack: its place is on the next line. */
const goFunction = (line: string): boolean => line.endsWith(')') && /^[\w./*-]+\(/.test(line)
/** A few frames are as readable as the button that would show them. */
const minFolded = 3
/** The first frame of each cause names where it was thrown. */
const shownFrames = 1

/** Splits a text into its words and its stack frames. Joined by line breaks, the parts are the text. Pure. */
export function stackParts(text: string): readonly StackPart[] {
  const lines = text.split('\n')
  const parts: { kind: StackPart['kind']; lines: string[] }[] = []
  for (const [index, line] of lines.entries()) {
    const isGo = goFunction(line) && /^\t\S+\.go:\d+/.test(lines[index + 1] ?? '')
    const kind = index > 0 && (isGo || frame.test(line)) ? 'frames' : 'text'
    const last = parts.at(-1)
    if (last?.kind === kind) last.lines.push(line)
    else parts.push({ kind, lines: [line] })
  }
  return parts.flatMap((part): StackPart[] => {
    if (part.kind === 'text' || part.lines.length < minFolded + shownFrames) return [{ ...part, kind: 'text' }]
    return [
      { kind: 'text', lines: part.lines.slice(0, shownFrames) },
      { kind: 'frames', lines: part.lines.slice(shownFrames) },
    ]
  })
}
