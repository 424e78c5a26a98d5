/** Names of files or of parts, each with what it imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** Joins files to parts: `partOf` names the part of a file, or `undefined` for one that is not in the diagram. */
export function joined(files: Graph, partOf: (path: string) => string | undefined): Graph {
  const parts = new Map<string, Set<string>>()
  for (const [path, imports] of files) {
    const part = partOf(path)
    if (part === undefined) continue
    const known = parts.get(part) ?? new Set()
    for (const each of imports) {
      const other = partOf(each)
      if (other !== undefined && other !== part) known.add(other)
    }
    parts.set(part, known)
  }
  return parts
}

/** Removes each arrow that follows from others: with a → b → c, the arrow a → c adds nothing to the order. */
export function reduced(graph: Graph): Graph {
  const kept = new Map([...graph].map(([part, imports]) => [part, new Set(imports)]))
  for (const [part, imports] of kept) {
    for (const other of [...imports].toSorted()) {
      if (isMutual(graph, part, other)) continue
      imports.delete(other)
      if (!reaches(kept, part, other)) imports.add(other)
    }
  }
  return kept
}

/** A Mermaid flowchart, in an order that depends on the names alone. Two parts that import each other share an arrow. */
export function mermaid(graph: Graph): string {
  const names = [...graph.keys()].toSorted()
  const id = (name: string): string => name.replaceAll(/\W/g, '_')
  const arrows = names.flatMap((name) =>
    [...(graph.get(name) ?? [])].toSorted().flatMap((other) => {
      if (!isMutual(graph, name, other)) return `${id(name)} --> ${id(other)}`
      return name < other ? `${id(name)} <--> ${id(other)}` : []
    }),
  )
  const lines = [...names.map((name) => `${id(name)}["${name}"]`), ...arrows]
  return ['flowchart TD', ...lines.map((line) => `  ${line}`)].join('\n')
}

const isMutual = (graph: Graph, one: string, other: string): boolean =>
  graph.get(one)?.has(other) === true && graph.get(other)?.has(one) === true

function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part === to) return true
    if (seen.has(part)) continue
    seen.add(part)
    open.push(...(graph.get(part) ?? []))
  }
  return false
}
