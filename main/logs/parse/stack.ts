import type { Field } from './event.ts'

const frame = /^(?:\s+at |\s*Caused by: |\s+File "|\s+\.\.\. \d+ |Traceback \(most recent call last|goroutine \d)/
const errorName = /^([\w$./]{1,300}?)(?:: (.{0,10000}))?$/

/** The text of a record in two parts, and what its stack trace says. */
export interface WithStack {
  /** Everything before the stack; the whole text where that begins with it. */
  readonly message: string
  readonly fields: readonly Field[]
}

/** Parts a stack trace of Java, Ballerina, Go, Python or Node from the message before it. */
export function splitStack(text: string): WithStack {
  const firstBreak = text.indexOf('\n')
  if (firstBreak === -1) return { message: text.trimEnd(), fields: [] }
  const stackStart = startOfStack(text, firstBreak)
  if (stackStart === -1) return { message: text.trimEnd(), fields: [] }
  const stack = text.slice(stackStart).trimEnd()
  const isPython = stack.startsWith('Traceback')
  const named = isPython ? stack.slice(stack.lastIndexOf('\n') + 1) : (stack.split('\n', 1)[0] ?? '')
  const [, type, message] = errorName.exec(named.replace(/^Exception in thread "[^"]{0,200}" /, '')) ?? []
  const fields: Field[] = []
  if (type !== undefined && /[A-Z]/.test(type)) {
    fields.push(['exception.type', type])
    if (message !== undefined) fields.push(['exception.message', message])
  }
  fields.push(['exception.stacktrace', stack])
  const before = text.slice(0, stackStart).trimEnd()
  // A traceback names the error in its last line; other traces do in the first, which Node prints after the code.
  const isCode = before === '' || before.endsWith('^')
  return { message: isCode ? (isPython ? stack : named) : before, fields }
}

/** Index of the line that names the error, before the first frame; -1 without a frame. */
function startOfStack(text: string, firstBreak: number): number {
  let before = 0
  for (let start = 0, end = firstBreak; ; ) {
    const head = text.slice(start, Math.min(end, start + 400))
    if (frame.test(head)) {
      const isNamed = !/^(?:Traceback|goroutine)/.test(head) && (before === 0 || errorName.test(lineAt(text, before)))
      return isNamed ? before : start
    }
    if (end === text.length) return -1
    before = start
    start = end + 1
    const next = text.indexOf('\n', start)
    end = next === -1 ? text.length : next
  }
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? undefined : end).slice(0, 11_000)
}
