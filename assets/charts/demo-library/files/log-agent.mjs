// The plane's log agent: follows the integrations' logs and counts lines by level. The lines themselves stay where they are.
import { setTimeout as sleep } from 'node:timers/promises'
import { askApi, followApi } from './kubernetes.mjs'
import { levelOf } from './level.mjs'
import { log, serveHealth, setting, stopping } from './runtime.mjs'

const namespace = setting('FOLLOW_NAMESPACE')
const selector = setting('FOLLOW_SELECTOR')
const listEveryMs = 2_000
const state = { following: 0, lines: 0, byLevel: {}, lastError: undefined, lastLineAt: undefined }
const followed = new Map()

const count = (line) => {
  const level = levelOf(line)
  if (level === undefined) return
  state.lines += 1
  state.byLevel[level] = (state.byLevel[level] ?? 0) + 1
  state.lastLineAt = new Date().toISOString()
}

const follow = async (pod, container, key) => {
  try {
    await followApi(`/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container}&follow=true&sinceSeconds=1`, count, stopping)
  } catch (error) {
    if (!stopping.aborted) log('WARN', 'log ended', { pod, container, error: error.message })
  } finally {
    followed.delete(key)
    state.following = followed.size
  }
}

serveHealth({
  ready: () => (state.lastError === undefined && state.following > 0 ? undefined : `following no log: ${state.lastError ?? 'no pod is running'}`),
  status: () => ({ namespace, selector, ...state }),
})
while (!stopping.aborted) {
  try {
    const { items } = await askApi('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}&limit=500`)
    state.lastError = undefined
    for (const { metadata, status } of items) {
      for (const { name, state: running } of status.containerStatuses ?? []) {
        const key = `${metadata.uid}/${name}`
        if (running?.running === undefined || followed.has(key)) continue
        followed.set(key, follow(metadata.name, name, key))
        log('INFO', 'following', { pod: metadata.name, container: name })
      }
    }
    state.following = followed.size
  } catch (error) {
    if (state.lastError !== error.message) log('ERROR', 'pods not listed', { error: error.message })
    state.lastError = error.message
  }
  await sleep(listEveryMs, undefined, { signal: stopping }).catch(() => undefined)
}
