import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { VantageOffer, VantageRequest } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { t } from '../../strings/t.ts'
import { ProblemNotice } from '../../ui/Notice.tsx'
import classes from './Chooser.module.css'
import { requestKey, requestLimit, requestTitle } from './vantages.ts'

/** Longer lists have a search field. */
const manyOffers = 8

export interface VantageListProps {
  readonly offers: readonly VantageOffer[] | undefined
  readonly problem: ProblemReport | undefined
  readonly chosen: readonly VantageRequest[]
  readonly onChoose: (requests: readonly VantageRequest[]) => void
}

/** Vantages to check from: what each creates and verifies, or why it is unavailable. */
export function VantageList({ offers, problem, chosen, onChoose }: VantageListProps) {
  const [search, setSearch] = useState('')
  const keys = new Set(chosen.map(requestKey))
  const full = chosen.length >= requestLimit
  // A chosen vantage that is no longer offered stays visible, so that it can be deselected.
  const removed = chosen.filter(
    (request) => offers !== undefined && !offers.some((offer) => requestKey(offer.request) === requestKey(request)),
  )
  const toggle = (request: VantageRequest) => {
    const key = requestKey(request)
    onChoose(keys.has(key) ? chosen.filter((one) => requestKey(one) !== key) : [...chosen, request])
  }
  const shown = (offers ?? []).filter(({ request }) =>
    requestTitle(request, offers).toLowerCase().includes(search.toLowerCase()),
  )
  return (
    <fieldset className={classes.list}>
      <legend className="hidden">{t('connectivity.vantage.choose')}</legend>
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      {offers === undefined && problem === undefined && (
        <p className={classes.quiet} role="status">
          {t('connectivity.vantage.loading')}
        </p>
      )}
      {(offers?.length ?? 0) > manyOffers && (
        <TextInput
          aria-label={t('connectivity.vantage.search')}
          placeholder={t('connectivity.vantage.search')}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      {full && <p className={classes.quiet}>{t('connectivity.vantage.limit', { limit: requestLimit })}</p>}
      <div className={classes.offers}>
        {removed.map((request) => (
          <Checkbox
            key={requestKey(request)}
            checked
            label={requestTitle(request, offers)}
            description={t('connectivity.vantage.removed')}
            onChange={() => toggle(request)}
          />
        ))}
        {shown.map(({ request, description, unavailableReason: reason }) => {
          const checked = keys.has(requestKey(request))
          return (
            <Checkbox
              key={requestKey(request)}
              checked={checked}
              // An unavailable vantage can be deselected only. The last one stays selected: a run needs a vantage.
              disabled={checked ? chosen.length === 1 : reason !== '' || full}
              label={requestTitle(request, offers)}
              description={reason === '' ? description : t('connectivity.vantage.unavailable', { reason })}
              onChange={() => toggle(request)}
            />
          )
        })}
        {shown.length === 0 && (offers?.length ?? 0) > 0 && (
          <p className={classes.quiet}>{t('connectivity.vantage.noMatch')}</p>
        )}
      </div>
    </fieldset>
  )
}
