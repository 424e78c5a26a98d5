import { expect, it } from 'vitest'
import { hints } from '../preload/contract/problem.ts'
import { errorsGuide, meanings } from './errors-page.ts'

it('the guide page has every error code', async () => {
  await expect(errorsGuide()).toMatchFileSnapshot('../docs/guide/errors.md')
})

it('each error has a meaning besides what to do', () => {
  expect(Object.keys(hints).filter((code) => !Object.hasOwn(meanings, code))).toEqual([])
})
