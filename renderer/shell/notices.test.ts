import { expect, it } from 'vitest'
import { createNoticesStore } from './notices.ts'

const problem = (code: 'HOST_LOST' | 'VAULT_LOCKED' | 'HELM_FAILED') => ({
  code,
  message: code,
  hint: '',
  evidence: '',
})
const notification = (planeId: string, title: string) => ({ tone: 'bad', title, lines: [], planeId }) as const

it('ends the problems of a cause that is over, and no others', () => {
  const store = createNoticesStore()
  const { show, end } = store.getState()
  show(problem('HOST_LOST'))
  show(problem('HELM_FAILED'))
  end('vaultLocked')
  expect(store.getState().notices).toHaveLength(2)
  end('hostLost')
  expect(
    store.getState().notices.flatMap((notice) => (notice.kind === 'problem' ? [notice.problem.code] : [])),
  ).toEqual(['HELM_FAILED'])
})

it('keeps one notification of each plane: the latest', () => {
  const store = createNoticesStore()
  const { notify } = store.getState()
  notify(notification('a', 'broke'))
  notify(notification('b', 'broke'))
  notify(notification('a', 'recovered'))
  expect(
    store
      .getState()
      .notices.flatMap((notice) => (notice.kind === 'notification' ? [notice.notification] : []))
      .map(({ planeId, title }) => [planeId, title]),
  ).toEqual([
    ['b', 'broke'],
    ['a', 'recovered'],
  ])
})
