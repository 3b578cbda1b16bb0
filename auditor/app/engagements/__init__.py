"""Health Check engagements: from the request to the delivery."""
