import { useEffect } from 'react'
import { useRouteError } from 'react-router'
import { asFailure } from '../api/problems.ts'
import { ErrorNotice } from '../pieces/ErrorNotice.tsx'
import { reloadOnceReached } from './reload.ts'

/** Stands where a page could not be shown: one that did not come is loaded once a gateway answers. */
export function PageFailed() {
  const failure = asFailure(useRouteError())
  const isUnreached = failure.status === 0
  useEffect(() => {
    if (!isUnreached) return
    const stop = new AbortController()
    void reloadOnceReached(stop.signal)
    return () => {
      stop.abort()
    }
  }, [isUnreached])
  return (
    <ErrorNotice
      error={failure}
      onRetry={() => {
        location.reload()
      }}
    />
  )
}
