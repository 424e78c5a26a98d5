// Calls the API server as the pod's service account.
import { readFileSync } from 'node:fs'
import { request } from 'node:https'

const folder = process.env.SERVICE_ACCOUNT_FOLDER ?? '/var/run/secrets/kubernetes.io/serviceaccount'
const host = process.env.KUBERNETES_SERVICE_HOST
const port = process.env.KUBERNETES_SERVICE_PORT ?? '443'
const limitMs = 10_000
const longestAnswer = 8_000_000

export const inCluster = host !== undefined

const open = (method, path, body, signal) =>
  request({
    method,
    host,
    port,
    path,
    signal,
    ca: readFileSync(`${folder}/ca.crt`),
    headers: {
      // The token is read each time: the kubelet renews it.
      authorization: `Bearer ${readFileSync(`${folder}/token`, 'utf8').trim()}`,
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
    },
  })

/** What the API server says: `{status, body}`, the body parsed where it is JSON. */
export const callApi = (method, path, body) =>
  new Promise((resolve, reject) => {
    const call = open(method, path, body, AbortSignal.timeout(limitMs))
    call.on('error', reject)
    call.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part) => {
        text += part
        if (text.length > longestAnswer) call.destroy(new Error(`the answer to ${path} is too long`))
      })
      response.on('error', reject)
      response.on('end', () => {
        const json = (response.headers['content-type'] ?? '').startsWith('application/json')
        resolve({ status: response.statusCode, body: json ? JSON.parse(text) : text })
      })
    })
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })

/** The same, where anything but success is an error. */
export const askApi = async (method, path, body) => {
  const { status, body: response } = await callApi(method, path, body)
  if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${response?.message ?? ''}`.trim())
  return response
}

/** An answer that goes on: calls `onLine` for each line until it ends or the signal aborts. */
export const followApi = (path, onLine, signal) =>
  new Promise((resolve, reject) => {
    const call = open('GET', path, undefined, signal)
    call.on('error', reject)
    call.on('response', (response) => {
      if (response.statusCode !== 200) {
        response.resume()
        reject(new Error(`GET ${path}: ${response.statusCode}`))
        return
      }
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (part) => {
        const lines = (rest + part).split('\n')
        rest = lines.pop().slice(-1_000_000)
        for (const line of lines) onLine(line)
      })
      response.on('error', reject)
      response.on('end', resolve)
    })
    call.end()
  })
