"""Will a flight out of New York arrive more than fifteen minutes late?"""
