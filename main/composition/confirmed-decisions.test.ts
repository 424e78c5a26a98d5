import { expect, it } from 'vitest'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { confirmedDecisions, type Question } from './confirmed-decisions.ts'

/** A table without a plane touches none of the features. */
const core = {} as Parameters<typeof confirmedDecisions>[0]

const table = (host: string) => {
  const companions = [{ host: 'token.example', why: 'signs in' }]
  const endpoints = [{ id: 'a', component: 'agent', protocol: 'https', host: '${name}.example', companions }]
  return EndpointList.parse({ settings: { name: host }, endpoints })
}

it('a table without a plane is asked with its destinations, once', async () => {
  const questions: Question[] = []
  const answers = [false, true]
  const { checkTable } = confirmedDecisions(core, async (question) => {
    questions.push(question)
    return answers.shift() ?? false
  })
  await expect(checkTable(table('one'), 'My list')).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
  await checkTable(table('one'), 'My list')
  await checkTable(table('one'), 'My list')
  expect(questions).toHaveLength(2)
  expect(questions[1]?.message).toContain('My list')
  expect(questions[1]?.detail).toMatch(/https one\.example\nhttps token\.example:443/)
  await expect(checkTable(table('other'), 'My list')).rejects.toMatchObject({ code: 'NOT_CONFIRMED' })
})
