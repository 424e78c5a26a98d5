import type { ServerResponse } from 'node:http'
import type { KubernetesObject } from '../../main/lib/kubernetes/resources.ts'
import { type Answer, json, type Seen, statusObject } from '../clusters/api-server.ts'

interface Watch {
  readonly plural: string
  readonly namespace: string | undefined
  readonly response: ServerResponse
}

/** What an API server holds and serves, as far as lists and watches need it. Watches stay open until the test ends them. */
export class FakeApi {
  readonly objects = new Map<string, { readonly plural: string; readonly object: KubernetesObject }>()
  readonly watches = new Set<Watch>()
  /** The version and the kinds of a group that is not built in, by plural name. */
  custom: { readonly group: string; version: string; kinds: Record<string, string> } = {
    group: 'helm.toolkit.fluxcd.io',
    version: 'v2',
    kinds: {},
  }
  /** Answers instead of the API; false: the API answers. */
  intercept: (seen: Seen, response: ServerResponse) => boolean | Promise<boolean> = () => false
  readonly #events: {
    readonly version: number
    readonly plural: string
    readonly namespace: string
    readonly line: string
  }[] = []
  #version = 10

  readonly answer: Answer = async (seen, response) => {
    if (await this.intercept(seen, response)) return
    const { pathname, searchParams } = seen.url
    const { group, version, kinds } = this.custom
    const isServed = Object.keys(kinds).length > 0
    if (pathname === '/version') return json(response, 200, { gitVersion: 'v1.36.0' })
    if (pathname === `/apis/${group}` && isServed)
      return json(response, 200, { preferredVersion: { groupVersion: `${group}/${version}` } })
    if (pathname === `/apis/${group}/${version}` && isServed) {
      const resources = Object.entries(kinds).map(([name, kind]) => ({ name, kind, namespaced: true }))
      return json(response, 200, { resources })
    }
    const found = /^\/(?:api\/v1|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(pathname)
    const [, ofGroup, ofVersion, namespace, plural = ''] = found ?? []
    if (found === null || (ofGroup === group && (ofVersion !== version || kinds[plural] === undefined)))
      return json(response, 404, statusObject(404, 'NotFound', 'the server could not find the requested resource'))
    if (searchParams.has('watch')) {
      return this.#watch({ plural, namespace, response }, Number(searchParams.get('resourceVersion')))
    }
    const items = [...this.objects.values()].filter(
      (one) => one.plural === plural && (namespace === undefined || one.object.metadata.namespace === namespace),
    )
    json(response, 200, { metadata: { resourceVersion: `${this.#version}` }, items: items.map(({ object }) => object) })
  }

  #watch(watch: Watch, version: number): void {
    watch.response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    this.watches.add(watch)
    watch.response.on('close', () => this.watches.delete(watch))
    for (const event of this.#events) {
      if (event.version > version && isWatched(watch, event)) watch.response.write(event.line)
    }
  }

  put(plural: string, object: KubernetesObject): void {
    this.#version += 1
    const { name, namespace = '' } = object.metadata
    const key = `${plural}/${namespace}/${name}`
    const stored = { ...object, metadata: { uid: key, resourceVersion: `${this.#version}`, ...object.metadata } }
    const type = this.objects.has(key) ? 'MODIFIED' : 'ADDED'
    this.objects.set(key, { plural, object: stored })
    const event = { version: this.#version, plural, namespace, line: `${JSON.stringify({ type, object: stored })}\n` }
    this.#events.push(event)
    for (const watch of this.watches) if (isWatched(watch, event)) watch.response.write(event.line)
  }

  /** Breaks the connections of open watches. */
  reset(plural: string): void {
    for (const watch of [...this.watches].filter((each) => each.plural === plural)) {
      this.watches.delete(watch)
      watch.response.destroy()
    }
  }
}

const isWatched = (
  watch: Watch,
  { plural, namespace }: { readonly plural: string; readonly namespace: string },
): boolean => watch.plural === plural && (watch.namespace === undefined || watch.namespace === namespace)
