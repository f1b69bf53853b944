import { useDiorama } from '@diorama/sdk/react'

import { caption } from './caption.ts'

const server = import.meta.env.VITE_DIORAMA_SERVER
const project = import.meta.env.VITE_DIORAMA_PROJECT

export function World() {
  const { videoRef, state, queue, end, reconnecting, restart } = useDiorama({ server, project })
  return (
    <main data-state={state} data-reconnecting={reconnecting?.step}>
      <video ref={videoRef} muted playsInline />
      <h1>{caption}</h1>
      {queue && <p>Number {queue.position} in line</p>}
      {end && (
        <p role="alert">
          {end.message} <button onClick={restart}>Start again</button>
        </p>
      )}
    </main>
  )
}
