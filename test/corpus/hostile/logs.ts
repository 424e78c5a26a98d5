import { type HostileFile, repeat } from './hostile-file.ts'

const nested = (open: string, depth: number, close: string): string => open.repeat(depth) + close.repeat(depth)

/** One line of a log each. */
export const hostileLines: readonly HostileFile[] = [
  { name: 'a deep list in JSON', text: () => `{"message":"m","deep":${nested('[', 50_000, ']')}}` },
  { name: 'a deep mapping in JSON', text: () => `{"message":${nested('{"a":', 50_000, '}')}}` },
  { name: 'a deep value of Ballerina', text: () => `time=2026-01-01T00:00:00Z level=INFO message="m" deep=${nested('{', 50_000, '}')}` },
  { name: 'unclosed brackets', text: () => `time=2026-01-01T00:00:00Z level=INFO message="m" deep=${'['.repeat(200_000)}` },
  { name: 'artifacts of Micro Integrator', text: () => `[2026-01-01 00:00:00,000]  INFO {A} - ${'{api:'.repeat(100_000)}` },
  { name: 'colours', text: () => '\u001b['.repeat(200_000) },
  { name: 'escapes', text: () => `time=x message="${'\\u{'.repeat(100_000)}"` },
  { name: 'many fields in JSON', text: () => `{"message":"m",${repeat(20_000, (index) => `"k${index}":1`, ',')}}` },
  { name: 'many pairs', text: () => `time=2026-01-01T00:00:00Z ${repeat(100_000, (index) => `k${index}=1`, ' ')}` },
  { name: 'a long text', text: () => `{"message":"${'x'.repeat(900_000)}"}` },
]
