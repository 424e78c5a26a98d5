// The plane's secret resolver: reads a secret from the key vault and shows that it did, by a digest, never the secret.
import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { log, serveHealth, setting, stopping } from './runtime.mjs'

const host = setting('KEY_VAULT_HOST')
const port = setting('KEY_VAULT_PORT')
const path = setting('SECRET_PATH')
const readAgainMs = 15_000
const tryAgainMs = 2_000
const longestAnswer = 1_000_000
// Under a key that dies with the pod, so that nobody can try out likely secrets against the digest.
const digestKey = randomBytes(32)
const state = { digest: undefined, version: undefined, readAt: undefined, lastError: undefined }

const read = () =>
  new Promise((resolve, reject) => {
    const call = request({
      host,
      port,
      path: `/v1/secret/data/${path}`,
      ca: readFileSync(setting('SERVERS_CA_FILE')),
      // Read each time: a new token in the Secret is used without a restart.
      headers: { 'x-vault-token': readFileSync(setting('TOKEN_FILE'), 'utf8').trim() },
      signal: AbortSignal.timeout(5_000),
    })
    call.on('error', reject)
    call.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part) => {
        text += part
        if (text.length > longestAnswer) call.destroy(new Error('the answer is too long'))
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new Error(`the key vault answered ${response.statusCode}`))
        return resolve(JSON.parse(text).data)
      })
    })
    call.end()
  })

serveHealth({
  ready: () => (state.digest !== undefined && state.lastError === undefined ? undefined : `secret not read: ${state.lastError ?? 'reading'}`),
  status: () => ({ keyVault: `https://${host}:${port}`, path, ...state }),
})
while (!stopping.aborted) {
  try {
    const { data, metadata } = await read()
    const digest = createHmac('sha256', digestKey).update(JSON.stringify(data)).digest('hex').slice(0, 16)
    if (digest !== state.digest) log('INFO', 'secret read', { path, version: metadata?.version, digest })
    Object.assign(state, { digest, version: metadata?.version, readAt: new Date().toISOString(), lastError: undefined })
  } catch (error) {
    if (state.lastError !== error.message) log('ERROR', 'secret not read', { path, error: error.message })
    state.lastError = error.message
  }
  await sleep(state.lastError === undefined ? readAgainMs : tryAgainMs, undefined, { signal: stopping }).catch(() => undefined)
}
