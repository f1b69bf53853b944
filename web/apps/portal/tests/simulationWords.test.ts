import { expect, test } from 'vitest'
import type { Schemas } from '../src/api/client.ts'
import { sentenceOf, shareOfAll } from '../src/pages/simulations/words.ts'

type Simulation = Schemas['SimulationView']

function simulation(more: Partial<Simulation>): Simulation {
  return {
    id: 'sim_1',
    project: 'cove',
    region: 'local',
    name: null,
    state: 'processing',
    created_at: '2026-11-21T12:00:00Z',
    dispatched_at: null,
    started_at: null,
    ended_at: null,
    seed: 1,
    frame: { width: null, height: null, fps: null },
    scripts: 2,
    progress: { frames: 30, frames_total: null, runs_done: 1, runs: 2 },
    queue: null,
    retries: 0,
    error: null,
    end_user: null,
    simulation_us: 0,
    runs: [run('completed', 30, null), run('processing', 10, 40)],
    ...more,
  }
}

function run(state: Simulation['state'], frames: number, total: number | null): Schemas['RunView'] {
  return {
    id: 'run_1',
    index: 0,
    state,
    frames,
    frames_total: total,
    attempts: 1,
    worker: null,
    recording: null,
    started_at: null,
    ended_at: null,
    error: null,
  }
}

test('a simulation is as far as its frames, or as its scripts where those are not known', () => {
  const progress = { frames: 30, frames_total: 120, runs_done: 0, runs: 2 }

  expect(shareOfAll(simulation({ progress }))).toBe(0.25)
  expect(shareOfAll(simulation({}))).toBe(0.625)
  expect(shareOfAll(simulation({ runs: [] }))).toBeNull()
})

test('each state is said in a sentence', () => {
  expect(sentenceOf(simulation({}))).toBe('It renders: 1 of 2 scripts are over.')
  expect(sentenceOf(simulation({ state: 'pending', queue: { position: 3 } }))).toContain('Number 3')
  const error = { reason: 'worker_lost', message: 'The worker was lost.' } as const
  expect(sentenceOf(simulation({ state: 'failed', error }))).toBe('The worker was lost.')
})
