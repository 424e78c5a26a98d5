/**
 * Parts of a WebAssembly module as its bytes, for an inner loop that JavaScript cannot run fast enough: the module is made when it
 * is loaded, so that there is no binary file and no compiler to trust. All values are integers of 32 bits.
 * https://webassembly.github.io/spec/core/binary/
 */
export type Code = readonly number[]

export interface WasmMemory {
  /** Another one after each `grow`. */
  readonly buffer: ArrayBuffer
  /** By pages of 64 KiB. */
  grow(pages: number): number
}

/** What Node has of it is in the types of pages only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory
}

/** In groups of 7 bits, the lowest first. */
function leb128(value: number): Code {
  const low = value & 0x7f
  const rest = value >> 7
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)
  return isLast ? [low] : [low | 0x80, ...leb128(rest)]
}
const size = (value: number): Code => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...size(value >>> 7)])
const sized = (content: Code): Code => [...size(content.length), ...content]
const vector = (items: readonly Code[]): Code => [...size(items.length), ...items.flat()]

/** A number is a constant. */
type Operand = Code | number
const codeOf = (operand: Operand): Code => (typeof operand === 'number' ? [0x41, ...leb128(operand | 0)] : operand)

/** The value of a local variable, by its number. */
export const local = (number: number): Code => [0x20, number]
export const set = ([, number = 0]: Code, value: Operand): Code => [...codeOf(value), 0x21, number]

const binary =
  (operation: number) =>
  (left: Operand, right: Operand): Code => [...codeOf(left), ...codeOf(right), operation]
/** Comparisons and shifts are unsigned. */
export const isEqual = binary(0x46)
export const isLess = binary(0x49)
export const isAtLeast = binary(0x4f)
export const plus = binary(0x6a)
export const minus = binary(0x6b)
export const times = binary(0x6c)
export const and = binary(0x71)
export const or = binary(0x72)
export const xor = binary(0x73)
export const shiftLeft = binary(0x74)
export const shiftRight = binary(0x76)

/** Of memory, at an index that counts bytes from `base` on. */
export const byteAt = (base: number, index: Code): Code => [...index, 0x2d, 0, ...size(base)]
export const wordAt = (base: number, index: Code): Code => [...index, 0x28, 2, ...size(base)]
export const setByte = (base: number, index: Code, value: Operand): Code => [
  ...index,
  ...codeOf(value),
  ...[0x3a, 0, ...size(base)],
]

export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
]
/** A block around a loop: the condition leaves the first, the end repeats the second. */
export const loopWhile = (condition: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...condition, 0x45, 0x0d, 1],
  ...body,
  ...[0x0c, 0, 0x0b, 0x0b],
]

const i32 = 0x7f
const pageBytes = 65_536

/** The function of a module with one, which returns nothing, and its memory. The parameters are the first locals. */
export function instantiate(given: {
  readonly parameters: number
  readonly locals: number
  readonly memoryBytes: number
  readonly body: Code
}): { readonly run: (...values: number[]) => void; readonly memory: WasmMemory } {
  const { parameters, locals, memoryBytes, body } = given
  const name = (text: string): Code => sized([...Buffer.from(text)])
  const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))]
  const declared = vector([[...size(locals - parameters), i32]])
  const module = new WebAssembly.Module(
    Uint8Array.from([
      ...Buffer.from('\0asm\x01\0\0\0', 'latin1'),
      ...section(1, [[0x60, ...vector(Array.from({ length: parameters }, () => [i32])), 0]]),
      ...section(3, [[0]]),
      ...section(5, [[0, ...size(Math.ceil(memoryBytes / pageBytes))]]),
      ...section(7, [
        [...name('run'), 0, 0],
        [...name('memory'), 2, 0],
      ]),
      ...section(10, [sized([...declared, ...body, 0x0b])]),
    ]),
  )
  const { run, memory } = new WebAssembly.Instance(module).exports
  if (typeof run !== 'function' || !(memory instanceof WebAssembly.Memory)) throw new Error('The module is malformed.')
  return { run: (...values) => void Reflect.apply(run, undefined, values), memory }
}
