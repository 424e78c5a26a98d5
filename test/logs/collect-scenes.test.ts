import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Semaphore } from '../../main/lib/concurrency/semaphore.ts'
import { Collection } from './collection.ts'
import { PodLogServer, type ScriptedContainer } from './pod-log-server.ts'

const scene = test.extend<{ server: PodLogServer; collection: Collection }>({
  // biome-ignore lint/correctness/noEmptyPattern: a fixture without others
  server: async ({}, use) => {
    const server = new PodLogServer()
    await server.listen()
    await use(server)
    await server.close()
  },
  collection: async ({ server }, use) => {
    const collection = await Collection.at(server.address)
    await use(collection)
    await collection.close()
  },
})

interface Scene {
  readonly server: PodLogServer
  readonly collection: Collection
}

/** A container of which "a" and "b" are stored. */
async function collected({ server, collection }: Scene): Promise<ScriptedContainer> {
  const main = server.pod('orders-1').container().start().print('a').print('b')
  await collection.start()
  await collection.has('b')
  return main
}

const isFollowed = ({ server, collection }: Scene) => collection.until(() => server.follows.size > 0)

describe.concurrent('each line is stored once', () => {
  scene('when the stream is cut in the middle of a line', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    main.printCut('cut in two', 36)
    server.cut()
    await isFollowed({ server, collection })
    main.print('c')
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'cut in two', 'c'])
  })

  scene(
    'when the API server ends the stream in the middle of a line, as after the loss of a kubelet',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      main.printCut('cut in two', 36)
      server.endFollows()
      await isFollowed({ server, collection })
      main.print('c')
      await collection.has('c')
      expect(collection.raws()).toEqual(['a', 'b', 'cut in two', 'c'])
    },
  )

  scene('when more was written than the tail of a log has', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index}`)
    for (const line of lines) main.print(line)
    await collection.start()
    await collection.has('line 2999')
    expect(collection.raws()).toEqual(['a', 'b', ...lines])
  })

  scene('when equal lines have the same time', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    for (let times = 0; times < 3; times += 1) main.print('same', { ms: 1_800_000_000_000 })
    await collection.until(() => collection.raws().length === 5)
    await collection.stop()
    main.print('same', { ms: 1_800_000_000_000 })
    main.print('c')
    await collection.start()
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'same', 'same', 'same', 'same', 'c'])
  })

  scene('when stdout and stderr are out of order of time across a reconnect', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    const ms = Date.UTC(2026, 10, 22, 10, 5)
    main.print('stdout', { ms: ms + 5 })
    await collection.has('stdout')
    server.cut()
    main.print('stderr, stamped before and written after', { ms: ms - 1_500 })
    await collection.has('stderr, stamped before and written after')
    main.print('c', { ms: ms + 6 })
    await collection.has('c')
    expect(collection.raws().slice(2)).toEqual(['stdout', 'stderr, stamped before and written after', 'c'])
  })

  scene('when the clock of the node is set back, while connected and not', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    const hourAgo = Date.UTC(2026, 10, 22, 9)
    main.print('back, connected', { ms: hourAgo })
    await collection.has('back, connected')
    await collection.stop()
    main.print('forward again', { ms: hourAgo + 3_700_000 }).print('back, not connected', { ms: hourAgo + 1 })
    await collection.start()
    await collection.has('back, not connected')
    main.print('and again', { ms: hourAgo - 1 })
    await collection.has('and again')
    expect(collection.raws().slice(2)).toEqual(['back, connected', 'forward again', 'back, not connected', 'and again'])
  })

  scene('when a kubelet that has restarted does not know the pod yet', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    server.fault = ({ kind }) => (kind === 'log' ? { status: 404, text: 'pod "orders-1" does not exist' } : undefined)
    server.cut()
    await collection.until(() => collection.progress?.collection.problem?.code === 'CLUSTER_REFUSED')
    server.fault = () => undefined
    main.print('c')
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'c'])
    expect(collection.progress?.collection.problem).toBeUndefined()
  })

  scene('when a kubelet does not know the previous log of a restart yet', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    let refused = 0
    server.fault = ({ kind, query }) => {
      if (kind !== 'log' || query.previous !== 'true' || refused === 2) return undefined
      refused += 1
      return { status: 400, text: 'previous terminated container "main" in pod "orders-1" not found' }
    }
    main.print('last words').exit(1).start().print('c')
    await collection.has('c')
    expect(refused).toBe(2)
    expect(collection.raws()).toEqual(['a', 'b', 'last words', 'c'])
  })

  scene('when the kubelet fails after it has sent 200', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    const text = 'failed to try resolving symlinks in path "/var/log/pods/n_p_u/main/0.log": no such file or directory'
    server.fault = ({ kind }) => (kind === 'log' ? { status: 200, text } : undefined)
    server.cut()
    await delay(700)
    server.fault = () => undefined
    main.print('c')
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'c'])
  })

  scene('when a line of 40 KiB is split by the runtime', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    const parts = ['x', 'y', 'z'].map((letter) => letter.repeat(16_384))
    for (const part of parts) main.print(part, { partial: part !== parts[2] })
    await collection.has(parts.join(''))
    server.cut()
    await isFollowed({ server, collection })
    main.print('c')
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', parts.join(''), 'c'])
  })

  scene('when the app is killed at any time', async ({ server, collection }) => {
    const main = server.pod('orders-1').container().start()
    for (let life = 0; life < 6; life += 1) {
      await collection.start()
      for (let line = 0; line < 20; line += 1) {
        main.print(`line ${life * 20 + line}`)
        await delay(20)
      }
      await collection.kill()
    }
    await collection.start()
    await collection.has('line 119')
    expect(collection.raws()).toEqual(Array.from({ length: 120 }, (_, index) => `line ${index}`))
  })

  scene('when the store fails for a while', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    collection.beforeAppend = () => {
      throw new Error('The disk is full.')
    }
    main.print('c')
    await collection.until(() => collection.progress?.collection.problem !== undefined)
    collection.beforeAppend = () => undefined
    main.print('d')
    await collection.has('d')
    expect(collection.raws()).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe.concurrent('lives of a container', () => {
  scene('stores the log of the previous one at first contact', async ({ server, collection }) => {
    server.pod('orders-1').container().start().print('old').exit(1).start().print('new')
    await collection.start()
    await collection.has('new')
    expect(collection.raws()).toEqual(['old', 'new'])
  })

  scene('stores the rest of the previous one after a restart', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    main.print('last words').exit(1).start().print('started again')
    await collection.start()
    await collection.has('started again')
    expect(collection.raws()).toEqual(['a', 'b', 'last words', 'started again'])
  })

  scene('stores last words that have no line end', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    main.print('panic: no line end', { partial: true }).exit(2)
    await collection.has('panic: no line end')
    main.start().print('started again')
    await collection.has('started again')
    expect(collection.raws()).toEqual(['a', 'b', 'panic: no line end', 'started again'])
  })

  scene.for([0, 1])(
    'loses and repeats nothing while the status is %d instances behind',
    async (statusLag, { server, collection }) => {
      const main = await collected({ server, collection })
      main.statusLag = statusLag
      main.print('c').exit(1).start().print('d')
      await collection.has('d')
      server.cut()
      main.print('e')
      await collection.has('e')
      main.statusLag = 0
      main.print('f').exit(1).start().print('g')
      await collection.has('g')
      expect(collection.raws()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    },
  )

  scene(
    'stores each line of a crash loop once, though the previous log is the current one',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      const pod = server.pods.get('orders-1')
      for (let life = 1; life < 5; life += 1) {
        if (pod !== undefined) pod.waits = true
        main.print(`last of ${life}`).exit(1)
        await collection.has(`last of ${life}`)
        if (pod !== undefined) pod.waits = false
        main.start().print(`first of ${life + 1}`)
        await collection.has(`first of ${life + 1}`)
      }
      const lives = [1, 2, 3, 4].flatMap((life) => [`last of ${life}`, `first of ${life + 1}`])
      expect(collection.raws()).toEqual(['a', 'b', ...lives])
    },
  )

  scene('reads on where `previous` is refused with 400', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    server.fault = ({ query }) =>
      query.previous === 'true' ? { status: 400, text: 'the container runtime is down' } : undefined
    main.exit(1).start().print('c')
    await collection.start()
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'gap', 'c'])
  })

  scene(
    'records a gap where the previous log is deleted, which is answered with 200',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      await collection.stop()
      main.print('lost').exit(1).start().print('c').removePrevious()
      await collection.start()
      await collection.has('c')
      expect(collection.raws()).toEqual(['a', 'b', 'gap', 'c'])
    },
  )

  scene(
    'records a gap where more than one life was missed, and stores both that are left',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      await collection.stop()
      main.print('lost').exit(1).start().print('lost').exit(1).start().print('c').exit(1).start().print('d')
      await collection.start()
      await collection.has('d')
      expect(collection.raws()).toEqual(['a', 'b', 'gap', 'c', 'd'])
    },
  )

  scene('reads a new life that the clock was set back for', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    main
      .print('c')
      .exit(1)
      .start()
      .print('d', { ms: Date.UTC(2026, 10, 22, 8) })
    await collection.start()
    await collection.has('d')
    expect(collection.raws()).toEqual(['a', 'b', 'c', 'd'])
  })

  scene(
    'records a gap where the log of a new life was rotated before it was read, and says that it may be one',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      await collection.stop()
      main.print('last words').exit(1).start().print('lost').idle(7_000).print('lost too').rotate().print('c')
      await collection.start()
      await collection.has('c')
      expect(collection.raws()).toEqual(['a', 'b', 'last words', 'gap', 'c'])
      expect(collection.gaps()).toEqual([
        'Lines may be missing here: the container started at 2026-11-22T10:00:00.000Z, and the first line that the kubelet still has is of 2026-11-22T10:00:07.006Z. Its log was rotated, or it printed nothing until then.',
      ])
    },
  )

  scene('records no gap where a new life is silent while its log is open', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    main.print('last words').exit(1).start()
    await collection.has('last words')
    const wholeLogs = () =>
      server.requests.filter(({ follow, tailLines }) => follow === 'true' && tailLines === undefined)
    await collection.until(() => wholeLogs().length === 2)
    await delay(1_200)
    main.idle(5_800).print('c')
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'last words', 'c'])
  })

  scene('waits for a status that is behind the log, before it records a gap', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    main.statusLag = 1
    main.print('last words').exit(1).idle(60_000).start().print('c')
    await collection.start()
    await collection.has('last words')
    await delay(300)
    expect(collection.raws()).not.toContain('c')
    main.statusLag = 0
    server.pods.get('orders-1')?.changed()
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'last words', 'c'])
  })

  scene('records a gap where the status does not report a restart', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    main.statusLag = 1
    main.print('last words').exit(1).idle(60_000).start().print('c')
    await collection.start()
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'last words', 'gap', 'c'])
    expect(collection.gaps()[0]).toContain('the container restarted after 2026-11-22T10:00:00.003Z, and')
  })

  scene('records a gap at first contact where a log has lost its beginning', async ({ server, collection }) => {
    const main = server.pod('orders-1').container().start()
    main.print('lost').idle(9_000).rotate().print('old').exit(1).idle(30_000)
    main.start().print('lost').idle(9_000).rotate().print('new')
    await collection.start()
    await collection.has('new')
    expect(collection.raws()).toEqual(['gap', 'old', 'gap', 'new'])
  })

  scene('collects init and ephemeral containers', async ({ server, collection }) => {
    const pod = server.pod('orders-1', ['init:migrate', 'main', 'ephemeral:debug'])
    pod.container('migrate').start().print('migrated').exit(0)
    pod.container().start().print('a')
    await collection.start()
    await collection.has('a')
    pod.container('debug').start().print('debugging')
    await collection.has('debugging')
    expect(['migrate', 'main', 'debug'].map((name) => collection.raws(name))).toEqual([
      ['migrated'],
      ['a'],
      ['debugging'],
    ])
    const reads = () => server.requests.filter(({ container }) => container === 'migrate').length
    const before = reads()
    pod.container().print('b')
    pod.changed()
    await collection.has('b')
    expect(reads()).toBe(before)
  })

  scene('keeps two pods of one name apart', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    main.print('c')
    server.pods.get('orders-1')?.delete()
    server.pod('orders-1').container().start().print('a').print('other')
    await collection.has('other')
    expect(collection.raws()).toEqual(['a', 'b', 'c', 'a', 'other'])
  })
})

describe.concurrent('log rotation', () => {
  scene('records a gap for lines that were rotated away', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    await collection.stop()
    main.print('lost').rotate().print('c')
    await collection.start()
    await collection.has('c')
    expect(collection.raws()).toEqual(['a', 'b', 'gap', 'c'])
  })

  scene('records one gap for one rotation, though a previous log exists', async ({ server, collection }) => {
    server.pod('orders-1').container().start().print('old').exit(1).start().print('a')
    await collection.start()
    await collection.has('a')
    await collection.stop()
    server.pods.get('orders-1')?.container().print('lost').rotate().print('c')
    await collection.start()
    await collection.has('c')
    expect(collection.raws()).toEqual(['old', 'a', 'gap', 'c'])
  })

  scene(
    'records no gap where the log was rotated right after the last line, and the stream broke later',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      main.rotate()
      await delay(1_200)
      server.cut()
      await isFollowed({ server, collection })
      main.print('c')
      await collection.has('c')
      expect(collection.raws()).toEqual(['a', 'b', 'c'])
    },
  )

  scene('follows over a rotation', async ({ server, collection }) => {
    const main = await collected({ server, collection })
    main.rotate().print('c')
    await collection.has('c')
    server.cut()
    await isFollowed({ server, collection })
    main.print('d')
    await collection.has('d')
    expect(collection.raws()).toEqual(['a', 'b', 'c', 'd'])
  })

  scene(
    'notices a stream that has stalled at a rotation',
    async ({ server, collection }) => {
      const main = await collected({ server, collection })
      main.rotate({ stalls: true }).print('c')
      await collection.has('c', 25_000)
      expect(collection.raws().filter((raw) => raw !== 'gap')).toEqual(['a', 'b', 'c'])
    },
    30_000,
  )
})

describe.concurrent('permissions', () => {
  scene(
    'reports the missing permission, asks seldom, and recovers when it is granted',
    async ({ server, collection }) => {
      const text =
        'pods "orders-1" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "n"'
      server.fault = ({ kind }) => (kind === 'log' ? { status: 403, text } : undefined)
      const pod = server.pod('orders-1')
      pod.container().start().print('a')
      await collection.start()
      await collection.until(() => collection.progress?.collection.problem !== undefined)
      expect(collection.progress?.collection).toMatchObject({
        state: 'refused',
        containers: 1,
        following: 0,
        refused: 1,
        missingPermissions: ['get pods/log'],
        since: expect.stringMatching(/^20/),
        problem: {
          code: 'CLUSTER_FORBIDDEN',
          message: 'The permission "get pods/log" is missing in the namespace n.',
          evidence: expect.stringContaining('cannot get resource "pods/log"'),
        },
      })
      await delay(2_000)
      expect(server.requests.length).toBeLessThanOrEqual(2)
      server.fault = () => undefined
      // A change of the pod is a reason to ask before the minute is over.
      pod.changed()
      await collection.has('a')
      expect(collection.progress?.collection).toMatchObject({
        state: 'following',
        following: 1,
        missingPermissions: [],
      })
      expect(collection.progress?.collection).not.toHaveProperty('problem')
    },
  )

  scene('reports that pods cannot be listed, and recovers', async ({ server, collection }) => {
    server.fault = ({ kind }) => (kind === 'list' ? { status: 403, text: 'pods is forbidden' } : undefined)
    server.pod('orders-1').container().start().print('a')
    await collection.start()
    await collection.until(() => collection.progress?.collection.missingPermissions[0] === 'list pods')
    server.fault = () => undefined
    await collection.has('a')
    expect(collection.progress?.collection.problem).toBeUndefined()
  })
})

describe.concurrent('many streams', () => {
  scene('follows 200 containers at once', async ({ server, collection }) => {
    const pods = Array.from({ length: 200 }, (_, index) => server.pod(`orders-${index}`))
    for (const pod of pods) pod.container().start().print(`first of ${pod.name}`)
    await collection.start()
    await collection.until(() => server.follows.size === 200 && collection.raws().length === 200)
    for (const pod of pods) pod.container().print(`second of ${pod.name}`)
    await collection.until(() => collection.raws().length === 400)
    expect(new Set(collection.raws()).size).toBe(400)
    expect(collection.progress?.collection).toMatchObject({ state: 'following', containers: 200, following: 200 })
  })

  scene(
    'reads the log of a container that waits for a free stream, and follows it when there is one',
    async ({ server, collection }) => {
      const followed = server.pod('orders-1')
      followed.container().start().print('a')
      const queued = server.pod('orders-2')
      queued.container().start().print('b')
      await collection.start({ follows: new Semaphore(1), reads: new Semaphore(1) })
      await collection.until(() => collection.raws().length === 2 && collection.progress?.collection.queued === 1)
      expect(collection.progress?.collection).toMatchObject({ state: 'queued', containers: 2, following: 1, queued: 1 })
      expect(server.follows.size).toBe(1)
      followed.container().print('c')
      queued.container().print('d')
      queued.changed() // a reason to read before the 10 s are over
      await collection.has('d')
      followed.delete()
      await collection.until(() => collection.progress?.collection.containers === 1)
      queued.changed()
      await collection.until(() => collection.progress?.collection.state === 'following')
      queued.container().print('e')
      await collection.has('e')
      expect(collection.raws().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
    },
  )

  scene('reads no more of a log than it can store', async ({ server, collection }) => {
    const main = server.pod('orders-1').container().start()
    const lines = 2_000
    for (let line = 0; line < lines; line += 1) main.print(`${line} ${'x'.repeat(10_000)}`)
    const { promise: room, resolve: makeRoom } = Promise.withResolvers<void>()
    collection.beforeAppend = () => room
    await collection.start()
    await collection.until(() => server.follows.size > 0)
    await delay(1_000)
    const [follow] = server.follows
    expect(follow?.takenBytes).toBeLessThan(8_000_000)
    collection.beforeAppend = () => undefined
    makeRoom()
    await collection.until(() => collection.raws().length === lines)
  })
})
