import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { VantageOffer, VantageRequest } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import classes from './Chooser.module.css'
import { requestKey, requestLimit, requestTitle } from './vantages.ts'

/** From so many offers on, there is a field to find one. */
const manyOffers = 8

export interface VantageListProps {
  readonly offers: readonly VantageOffer[] | undefined
  readonly problem: ProblemReport | undefined
  readonly chosen: readonly VantageRequest[]
  readonly onChoose: (requests: readonly VantageRequest[]) => void
}

/** From where to check: what each place would create and prove, or why it cannot be used. */
export function VantageList({ offers, problem, chosen, onChoose }: VantageListProps) {
  const [sought, setSought] = useState('')
  const keys = new Set(chosen.map(requestKey))
  const full = chosen.length >= requestLimit
  // What was chosen once and is no longer offered stays to be seen, and to be taken off.
  const gone = chosen.filter(
    (request) => offers !== undefined && !offers.some((offer) => requestKey(offer.request) === requestKey(request)),
  )
  const toggle = (request: VantageRequest) => {
    const key = requestKey(request)
    onChoose(keys.has(key) ? chosen.filter((one) => requestKey(one) !== key) : [...chosen, request])
  }
  const shown = (offers ?? []).filter(({ request }) =>
    requestTitle(request, offers).toLowerCase().includes(sought.toLowerCase()),
  )
  return (
    <fieldset className={classes.list}>
      <legend className="hidden">Check from</legend>
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      {offers === undefined && problem === undefined && (
        <p className={classes.quiet} role="status">
          Asking the cluster what it has …
        </p>
      )}
      {(offers?.length ?? 0) > manyOffers && (
        <TextInput
          aria-label="Find a place"
          placeholder="Find a place"
          value={sought}
          onChange={({ currentTarget }) => setSought(currentTarget.value)}
        />
      )}
      {full && (
        <p className={classes.quiet}>A check is made from {requestLimit} places at most; every node counts as one.</p>
      )}
      <div className={classes.offers}>
        {gone.map((request) => (
          <Checkbox
            key={requestKey(request)}
            checked
            label={requestTitle(request, offers)}
            description="Not there any more."
            onChange={() => toggle(request)}
          />
        ))}
        {shown.map(({ request, description: says, unavailableReason: missing }) => {
          const checked = keys.has(requestKey(request))
          return (
            <Checkbox
              key={requestKey(request)}
              checked={checked}
              // One that cannot be used can be taken off, not put on. The last one stays: something has to be chosen.
              disabled={checked ? chosen.length === 1 : missing !== '' || full}
              label={requestTitle(request, offers)}
              description={missing === '' ? says : `Cannot be used: ${missing}`}
              onChange={() => toggle(request)}
            />
          )
        })}
        {shown.length === 0 && (offers?.length ?? 0) > 0 && <p className={classes.quiet}>No place of that name.</p>}
      </div>
    </fieldset>
  )
}
