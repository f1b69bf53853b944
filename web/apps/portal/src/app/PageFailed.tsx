import { useRouteError } from 'react-router'
import { ErrorNotice } from '../pieces/ErrorNotice.tsx'

/** Stands where a page could not be shown; asking again loads it anew. */
export function PageFailed() {
  const error = useRouteError()
  return (
    <ErrorNotice
      error={error}
      onRetry={() => {
        location.reload()
      }}
    />
  )
}
