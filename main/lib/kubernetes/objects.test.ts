import { expect, it } from 'vitest'
import type { KubernetesClient, RequestOptions } from './client.ts'
import { listObjects } from './objects.ts'

const never = new AbortController().signal

/** An API server that answers each request for a page with the same page. */
function serverOf(page: { readonly items: readonly object[]; readonly continue: string }) {
  let requests = 0
  const request = async () => {
    requests += 1
    return { metadata: { resourceVersion: '1', continue: page.continue }, items: page.items }
  }
  return { client: { request } as unknown as KubernetesClient, requests: () => requests } // lists only request
}

it.each([
  ['of which each page names another one', [], 'more', 2_001],
  ['with a page of more objects than the arguments of a call', Array.from({ length: 200_000 }, () => ({})), '', 1],
])('a list %s ends with ANSWER_TOO_LARGE', async (_what, items, next, expected) => {
  const { client, requests } = serverOf({ items, continue: next })
  const pods = listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, {}, never)

  await expect(pods).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
  expect(requests()).toBe(expected)
})

/** An API server whose list never ends, of pages of this size. */
function serverOfSize(bytes: number) {
  let requests = 0
  const request = async (_method: string, _path: string, { onSize }: RequestOptions) => {
    requests += 1
    onSize?.(bytes)
    return { metadata: { resourceVersion: '1', continue: 'more' }, items: [{}] }
  }
  return { client: { request } as unknown as KubernetesClient, requests: () => requests } // lists only request
}

it('a list whose pages together take more memory than there is ends with ANSWER_TOO_LARGE, before such a page is parsed', async () => {
  const { client, requests } = serverOfSize(64 * 1024 * 1024)
  const pods = listObjects(client, { apiVersion: 'v1', kind: 'Pod' }, {}, never)

  await expect(pods).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
  expect(requests()).toBe(5)
})
