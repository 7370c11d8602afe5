"""The audit trail at work: verifying all of it, handing it out, delivering it. The chain itself is `apps.audit`."""
