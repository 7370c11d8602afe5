"""Energy of a run by codecarbon, offline and quiet, summed over every attempt that a run needed.

codecarbon reads power counters (RAPL, NVML) where the machine has them and otherwise estimates from CPU load and the
processor's rated power; the result names which. Figures are those of this process; a GPU is counted whole.
Cooling and the rest of the building are not in them (PUE 1).
Source: https://mlco2.github.io/codecarbon/methodology.html
"""

import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from codecarbon import OfflineEmissionsTracker
from codecarbon.input import DataSource
from codecarbon.output import BaseOutput, EmissionsData

from workers.errors import EngineError

# Often enough for a run of a minute, seldom enough to cost nothing.
MEASURE_EVERY_S = 5
# Our names beside codecarbon's.
FIGURES = {
    "kwh": "energy_consumed",
    "kgco2e": "emissions",
    "cpu_kwh": "cpu_energy",
    "gpu_kwh": "gpu_energy",
    "ram_kwh": "ram_energy",
    "seconds": "duration",
}


@dataclass(frozen=True)
class Energy:
    """Energy in kWh and emissions in kg of CO2 equivalent, with the assumptions behind them."""

    kwh: float
    kgco2e: float
    cpu_kwh: float
    gpu_kwh: float
    ram_kwh: float
    seconds: float
    country: str
    country_assumed: bool
    method: str
    tool: str
    attempts: int


class _Keep(BaseOutput):
    """Receives codecarbon's figures in memory, in place of its CSV file or its service."""

    def __init__(self) -> None:
        self.last: EmissionsData | None = None

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """The figures since the start; called at every flush and at the stop."""
        self.last = total


class EnergyMeter:
    """Measures from `start` to `stop`; `note` writes what was used so far, so that a killed attempt still counts."""

    def __init__(self, folder: Path, country_iso_code: str, *, country_assumed: bool) -> None:
        if country_iso_code not in DataSource().get_global_energy_mix_data():
            raise EngineError("energy.country", f"{country_iso_code!r} is not a three-letter code of a known country.")
        self._folder = folder
        self._country = country_iso_code
        self._assumed = country_assumed
        self._file = folder / f"attempt-{time.time_ns()}-{os.getpid()}.json"
        self._figures = _Keep()
        self._tracker = _tracker(country_iso_code, self._figures)

    def start(self) -> None:
        """Begin to measure in a background thread."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tracker.start()
        self.note()

    def note(self) -> None:
        """Keep this attempt's figures so far on disk."""
        self._tracker.flush()
        self._write()

    def stop(self) -> Energy:
        """End measuring; the sum over all attempts in the folder."""
        self._tracker.stop()
        used = self._write()
        return self._total(used)

    def _write(self) -> EmissionsData:
        data = self._figures.last
        # codecarbon swallows its own errors; a missing figure must not pass for zero energy.
        if data is None:
            raise EngineError("energy.unavailable", "The energy meter gives no figures on this machine.")
        # Renaming is atomic: a kill in between leaves the older figures, never half a file.
        fresh = self._file.with_suffix(".new")
        fresh.write_text(
            json.dumps({ours: getattr(data, theirs) for ours, theirs in FIGURES.items()}), encoding="utf-8"
        )
        fresh.replace(self._file)
        return data

    def _total(self, used: EmissionsData) -> Energy:
        attempts = [json.loads(path.read_text(encoding="utf-8")) for path in self._folder.glob("attempt-*.json")]
        sums = {name: float(sum(attempt[name] for attempt in attempts)) for name in FIGURES}
        return Energy(
            **sums,
            country=self._country,
            country_assumed=self._assumed,
            method=_method(used, self._tracker),
            tool=f"codecarbon {used.codecarbon_version}",
            attempts=len(attempts),
        )


def _tracker(country: str, figures: BaseOutput) -> OfflineEmissionsTracker:
    # Before the tracker is made: it speaks first and sets its own level second.
    logging.getLogger("codecarbon").setLevel(logging.ERROR)
    return OfflineEmissionsTracker(
        country_iso_code=country,
        # Every way out of the machine is closed by name, whatever a codecarbon config file on this machine says.
        output_methods=[],
        output_handlers=[figures],
        emissions_endpoint=None,
        electricitymaps_api_token=None,
        cloud_provider=None,
        cloud_region=None,
        force_carbon_intensity_g_co2e_kwh=None,
        tracking_mode="process",
        measure_power_secs=MEASURE_EVERY_S,
        log_level="error",
        # Without a lock file in the system's temporary folder, and with several workers on one machine.
        allow_multiple_runs=True,
    )


def _method(used: EmissionsData, tracker: OfflineEmissionsTracker) -> str:
    """How each part was found out, in words for the report."""
    # The only place where codecarbon tells measured from estimated hardware; it has no public accessor.
    hardware = ", ".join(tracker._conf.get("hardware", []))
    counted = "read from the processor's power counter" if "rapl" in hardware.lower() else "estimated from its load"
    parts = [f"processor {used.cpu_model}: {counted}", "memory: estimated from its size"]
    if used.gpu_count:
        parts.append(f"GPU {used.gpu_model}: read from its power counter, counted whole")
    return f"{'; '.join(parts)} (codecarbon's {hardware}, tracking this process and its children)"
