import { type HostileFile, repeat } from './hostile-file.ts'

/** The text of a Chart.yaml. */
export const hostileCharts: readonly HostileFile[] = [
  { name: 'many dependencies', text: () => `dependencies:\n${repeat(100_000, (index) => `- {name: d${index}}`)}` },
  { name: 'many keys', text: () => repeat(20_000, (index) => `k${index}: 1`) },
  { name: 'deep lists', text: () => `dependencies: ${'['.repeat(500_000)}` },
  { name: 'alias expansion', text: () => `a0: &a0 [${'x,'.repeat(9)}]\n${repeat(12, (index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`)}\ndependencies: *a12` },
  { name: 'documents', text: () => '--- {}\n'.repeat(500_000) },
  { name: 'errors', text: () => 'a: b: c\n'.repeat(100_000) },
]
