import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inDependencyOrder } from './in-dependency-order.ts'

const item = (id: string, ...needs: string[]) => ({ id, needs })

/** Tasks that end only when the test ends them. */
function controlled() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<void>>()
  return {
    begun,
    task: ({ id }: { readonly id: string }): Promise<void> => {
      begun.push(id)
      const end = Promise.withResolvers<void>()
      ends.set(id, end)
      return end.promise
    },
    async end(id: string): Promise<void> {
      ends.get(id)?.resolve()
      await turn()
    },
    async fail(id: string): Promise<void> {
      ends.get(id)?.reject(new Error(id))
      await turn()
    },
  }
}

describe('tasks in dependency order', () => {
  it('begin once all that they need has succeeded, the earliest in the list first', async () => {
    const { begun, task, end } = controlled()
    const all = inDependencyOrder([item('a'), item('b', 'a'), item('c'), item('d', 'b', 'c')], 3, task)
    expect(begun).toEqual(['a', 'c'])
    await end('a')
    expect(begun).toEqual(['a', 'c', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'c', 'b'])
    await end('c')
    expect(begun).toEqual(['a', 'c', 'b', 'd'])
    await end('d')
    await all
  })

  it('are never more at once than permitted', async () => {
    const { begun, task, end } = controlled()
    const all = inDependencyOrder([item('a'), item('b'), item('c')], 2, task)
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    await end('a')
    await end('c')
    await all
  })

  it('begin no more after an error, and reject with the first one once those under way have ended', async () => {
    const { begun, task, end, fail } = controlled()
    let settled = false
    const all = inDependencyOrder([item('a'), item('b'), item('c'), item('d'), item('e')], 3, task)
    const result = all.finally(() => {
      settled = true
    })
    result.catch(() => undefined)
    await fail('b')
    await fail('c')
    expect({ begun, settled }).toEqual({ begun: ['a', 'b', 'c'], settled: false })
    await end('a')
    await expect(result).rejects.toThrow(/^b$/)
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('do not wait for what is not in the list', async () => {
    const { begun, task, end } = controlled()
    const all = inDependencyOrder([item('a', 'kept')], 3, task)
    expect(begun).toEqual(['a'])
    await end('a')
    await all
  })

  it('that need each other are an error, and no silent end', async () => {
    const { task } = controlled()
    await expect(inDependencyOrder([item('a', 'b'), item('b', 'a')], 3, task)).rejects.toThrow('What a needs')
  })
})
