import { describe, expect, it } from 'vitest'
import { type Graph, joined, mermaid, reduced } from './graph.ts'

const graph = (imports: Readonly<Record<string, readonly string[]>>): Graph =>
  new Map(Object.entries(imports).map(([name, others]) => [name, new Set(others)]))

describe('joined', () => {
  it('joins files to their folders and leaves out imports inside one folder', () => {
    const files = graph({ 'a/x.ts': ['a/y.ts', 'b/z.ts'], 'a/y.ts': ['b/z.ts'], 'b/z.ts': [], 'c/w.ts': ['a/x.ts'] })

    expect(joined(files, (path) => (path.startsWith('c/') ? undefined : path.split('/')[0]))).toEqual(
      graph({ a: ['b'], b: [] }),
    )
  })
})

describe('reduced', () => {
  it('leaves out an arrow that follows from others', () => {
    expect(reduced(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual(graph({ a: ['b'], b: ['c'], c: [] }))
  })

  it('keeps both arrows of parts that import each other', () => {
    const mutual = graph({ a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] })

    expect(reduced(mutual)).toEqual(mutual)
  })
})

describe('mermaid', () => {
  it('lists names in order, with one arrow for two parts that import each other', () => {
    expect(mermaid(graph({ 'b.ts': ['a'], a: ['b.ts', 'c'], c: [] }))).toBe(
      ['flowchart TD', '  a["a"]', '  b_ts["b.ts"]', '  c["c"]', '  a <--> b_ts', '  a --> c'].join('\n'),
    )
  })
})
